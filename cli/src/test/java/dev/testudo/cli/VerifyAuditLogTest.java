package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.audit.AuditFault;
import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.audit.AuditSigner;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.Ed25519Key;
import dev.testudo.trust.pki.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The exit codes by which scripts tell apart what happened to an audit log.
class VerifyAuditLogTest {
  private static final Identity CAS = Identity.ephemeral("cas");
  private static final AuditSigner SIGNER =
      new AuditSigner(CAS, Ed25519Key.generate(new SecureRandom()));

  @TempDir private Path work;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private List<String> good;
  private String seen;

  @BeforeEach
  void write() {
    good = log("started", "stored", "refused", "attested");
    seen = "4:" + AuditLine.hash(good.getLast().getBytes(UTF_8));
  }

  private static List<String> log(String... events) {
    var lines = new ArrayList<String>();
    var previous = AuditLine.NOTHING;
    for (var event : events) {
      var entry =
          new JsonBuilder()
              .put("sequence", lines.size() + 1)
              .put("at", "2026-01-01T00:00:00Z")
              .put("previous", previous)
              .put("event", event);
      if (event.equals("started")) {
        SIGNER.keys().put(entry);
      }
      var line = AuditLine.sign(entry.build(), SIGNER);
      previous = AuditLine.hash(line);
      lines.add(new String(line, UTF_8));
    }
    return lines;
  }

  private int verify(List<String> lines, String... more) throws IOException {
    return verify(CAS, lines, more);
  }

  private int verify(Identity cas, List<String> lines, String... more) throws IOException {
    return verify(
        cas, Files.writeString(work.resolve("log"), String.join("\n", lines) + "\n"), more);
  }

  private int verify(Identity cas, Path file, String... more) {
    var words =
        new ArrayList<>(
            List.of("cas", "verify-audit-log", file.toString(), "--key", cas.keyHash().text()));
    words.addAll(List.of(more));
    out.reset();
    return Cli.run(
        words.toArray(String[]::new), CliTest.context(out, new ByteArrayOutputStream(), work));
  }

  @Test
  void aLogAsCasWroteItIsRight() throws IOException {
    assertEquals(0, verify(good));
    assertEquals(0, verify(good, "--contains", seen));
  }

  @Test
  void theFilesInADirectoryAreOneLog() throws IOException {
    var lines = log("started", "a", "started", "b", "started", "c");
    Files.writeString(work.resolve("audit.2.jsonl"), String.join("\n", lines.subList(0, 4)) + "\n");
    Files.writeString(work.resolve("audit.1.jsonl"), String.join("\n", lines.subList(2, 5)) + "\n");
    Files.writeString(work.resolve("audit.jsonl"), String.join("\n", lines.subList(4, 6)) + "\n");
    assertEquals(0, verify(CAS, work));
    Files.move(work.resolve("audit.1.jsonl"), work.resolve("elsewhere"));
    // Its lines are in the other two, but a file is missing.
    assertEquals(17, verify(CAS, work));
    Files.move(work.resolve("audit.2.jsonl"), work.resolve("audit.1.jsonl"));
    assertEquals(0, verify(CAS, work));
    Files.writeString(work.resolve("audit.jsonl"), lines.get(5) + "\n");
    assertEquals(19, verify(CAS, work));
    Files.delete(work.resolve("audit.jsonl"));
    assertEquals(3, verify(CAS, work));
  }

  private JsonMembers printed() throws MessageException {
    return new Printed(out.toString(UTF_8)).json();
  }

  @Test
  void theResultAsJsonHasTheHead() throws IOException {
    assertEquals(0, verify(good, "--json"));
    var found = printed();
    assertTrue(found.bool("verified"));
    assertEquals(List.of(1L, 4L), List.of(found.natural("first"), found.natural("last")));
    assertEquals(Instant.parse("2026-01-01T00:00:00Z"), found.instant("last_at"));
    assertEquals(seen, found.text("head"));
    assertEquals(List.of(), found.array("problems"));
    found.done();
  }

  @Test
  void problemsAsJsonHaveKindAndPlace() throws IOException {
    var log = work.resolve("log").toString();
    assertEquals(17, verify(List.of(good.get(0), good.get(1), good.get(3)), "--json"));
    var found = printed();
    assertFalse(found.bool("verified"));
    var problem = JsonMembers.of(found.array("problems").getFirst(), "problem");
    found.done();
    assertEquals(
        List.of("wrong-number", log, 3L),
        List.of(problem.text("kind"), problem.text("file"), problem.natural("line")));
    Files.writeString(work.resolve("audit.jsonl"), String.join("\n", good) + "\n");
    Files.writeString(work.resolve("audit.2.jsonl"), good.getFirst() + "\n");
    assertEquals(17, verify(CAS, work, "--json"));
    var missing = JsonMembers.of(printed().array("problems").getFirst(), "problem");
    assertEquals("missing-file", missing.text("kind"));
    assertEquals(work.resolve("audit.1.jsonl").toString(), missing.text("file"));
  }

  @Test
  void eachKindOfProblemIsDocumentedWithItsExitCode() throws IOException {
    var page = Files.readString(Path.of("../docs/formats/audit-log.md"));
    for (var kind : AuditFault.Kind.values()) {
      var row = "(?m)^\\| %d \\|.* `%s`".formatted(VerifyAuditLog.exitCode(kind), kind.text());
      assertTrue(Pattern.compile(row).matcher(page).find(), kind.text());
    }
  }

  @Test
  void eachChangeHasItsExitCode() throws IOException {
    assertEquals(14, verify(good.subList(0, 3), "--contains", seen), "shortened");
    var late = log("stored", "started", "refused");
    assertEquals(15, verify(late.subList(1, 3)), "the beginning is missing");
    assertEquals(17, verify(List.of(good.get(0), good.get(1), good.get(3))), "a line is missing");
    assertEquals(
        18,
        verify(log("started", "stored", "refused", "read", "read"), "--contains", seen),
        "rolled back");
    var edited = new ArrayList<>(good);
    edited.set(1, good.get(1).replace("stored", "deleted"));
    assertEquals(20, verify(edited), "edited");
    assertEquals(19, verify(Identity.ephemeral("other"), good), "of another CAS");
  }
}
