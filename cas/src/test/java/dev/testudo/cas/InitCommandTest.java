package dev.testudo.cas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitCommandTest {
  @TempDir private Path work;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int init(String... more) {
    out.reset();
    var words = new ArrayList<>(List.of("init", "--state", work.resolve("state").toString()));
    words.addAll(List.of(more));
    var err = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
    return ServeCommand.run(
        words,
        Map.of(),
        InputStream.nullInputStream(),
        new PrintStream(out, true, UTF_8),
        err,
        _ -> {});
  }

  @Test
  void theKeyThatIsPrintedIsTheOneThatServes() throws IOException {
    var owner = Identity.ephemeral("owner").keyHash();
    assertEquals(0, init("--owner", owner.text()));
    var hash = JsonMembers.read(out.toByteArray(), 1000, "init").text("key_hash");
    assertEquals(1, init("--owner", owner.text()), "again");
    var none = new ServerOptions.RootNamespace(Set.of(), false);
    try (var cas = new TestCas(work.resolve("state"), none)) {
      assertEquals(hash, cas.server().keyHash().text());
    }
  }

  @Test
  void aStateWithoutOwnersIsNotMade() {
    assertEquals(2, init());
    for (var ofServe :
        List.of(
            "--listen 127.0.0.1:1",
            "--console 127.0.0.1:1",
            "--audit-to stdout",
            "--audit-mib 1",
            "--audit-files 1",
            "--quota key=1,1",
            "--accept-audit-log",
            "--exit-with-stdin")) {
      var words = new ArrayList<>(List.of(ofServe.split(" ")));
      words.add("--first-come");
      assertEquals(2, init(words.toArray(String[]::new)), ofServe);
    }
    assertEquals(2, init("--owner", "nobody"));
    assertFalse(Files.exists(work.resolve("state")));
    assertEquals(0, init("--first-come"));
  }
}
