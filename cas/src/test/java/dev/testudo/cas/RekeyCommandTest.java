package dev.testudo.cas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RekeyCommandTest {
  @TempDir private Path work;
  private Path state;
  private Path generated;
  private Path key;
  private Path passphrase;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void initialise() throws IOException {
    state = work.resolve("state");
    generated = state.resolve("seal.key");
    var bytes = new byte[32];
    Arrays.fill(bytes, (byte) 7);
    key = secret("key", bytes);
    passphrase = secret("passphrase", "correct horse battery staple\n".getBytes(UTF_8));
    assertEquals(0, run("init", "--owner", Identity.ephemeral("owner").keyHash().text()));
  }

  private Path secret(String name, byte[] content) throws IOException {
    var file = Files.write(work.resolve(name), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private int run(String command, Object... more) {
    var words = new ArrayList<>(List.of(command, "--state", state.toString()));
    Arrays.stream(more).map(Object::toString).forEach(words::add);
    out.reset();
    var nothing = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
    return ServeCommand.run(
        words,
        Map.of(),
        InputStream.nullInputStream(),
        new PrintStream(out, true, UTF_8),
        nothing,
        _ -> {});
  }

  private int verify(Object... more) {
    return run("verify-audit-log", more);
  }

  private List<String> events() throws IOException, MessageException {
    var events = new ArrayList<String>();
    for (var line : Files.readAllLines(state.resolve("audit.jsonl"))) {
      events.add(JsonMembers.read(line.getBytes(UTF_8), AuditLine.LIMIT, "a line").text("event"));
    }
    return events;
  }

  @Test
  void onlyTheNewKeyOpensTheState() throws IOException, MessageException {
    assertEquals(0, run("rekey", "--new-key-file", key));
    assertFalse(Files.exists(generated));
    assertEquals(4, verify());
    assertEquals(0, verify("--key-file", key));
    assertEquals(0, run("rekey", "--key-file", key, "--new-passphrase-file", passphrase));
    assertTrue(Files.exists(key), "only the generated key is ours to delete");
    assertEquals(4, verify("--key-file", key));
    assertEquals(0, verify("--passphrase-file", passphrase));
    assertEquals(List.of("rekeyed", "rekeyed"), events());
  }

  private JsonMembers printed() throws MessageException {
    return JsonMembers.read(out.toByteArray(), 1 << 16, "printed");
  }

  @Test
  void scriptsLearnWhatWasDone() throws IOException {
    assertEquals(0, verify("--json"));
    var intact = printed();
    assertTrue(intact.bool("verified"));
    assertTrue(intact.text("head").matches("[0-9]+:[0-9a-f]{64}"));
    assertEquals(List.of(), intact.array("problems"));
    intact.done();
    assertEquals(0, run("rekey", "--new-key-file", key, "--json"));
    var rekeyed = printed();
    assertEquals(
        List.of(state.toString(), generated.toString()),
        List.of(rekeyed.text("state"), rekeyed.text("deleted")));
    rekeyed.done();
    assertEquals(4, verify("--key-file", otherKey(), "--json"));
    var refused = printed();
    assertFalse(refused.bool("verified"));
    var problem = JsonMembers.of(refused.array("problems").getFirst(), "problem");
    assertEquals("wrong-key", problem.text("kind"));
    assertEquals(2, verify("--json", "--json"));
  }

  private Path otherKey() throws IOException {
    return secret("other", new byte[32]);
  }

  @Test
  void theStateKeepsTheOldKeyWhereTheNewOneCannotBeUsed() throws IOException {
    var before = Files.readAllBytes(generated);
    var open = secret("open", Files.readAllBytes(key));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(1, run("rekey", "--new-key-file", generated));
    for (var unusable : List.of(work.resolve("missing"), open, secret("short", new byte[31]))) {
      assertEquals(3, run("rekey", "--new-key-file", unusable), unusable.toString());
    }
    assertEquals(4, run("rekey", "--key-file", key, "--new-passphrase-file", passphrase));
    assertEquals(2, run("rekey"));
    assertEquals(2, run("rekey", "--new-key-file", key, "--new-passphrase-file", passphrase));
    assertArrayEquals(before, Files.readAllBytes(generated));
    assertEquals(0, verify());
  }

  @Test
  void aStateThatIsNotAsCasLeftItKeepsItsKey() throws IOException {
    assertEquals(0, run("rekey", "--new-key-file", key));
    Files.writeString(state.resolve("audit.jsonl"), "");
    assertEquals(4, run("rekey", "--key-file", key, "--new-passphrase-file", passphrase));
    assertEquals(4, verify("--key-file", key));
    state = Files.createDirectory(work.resolve("other"));
    assertEquals(1, run("rekey", "--new-key-file", key));
    try (var files = Files.list(state)) {
      assertEquals(List.of(), files.toList());
    }
  }
}
