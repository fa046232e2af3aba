package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.audit.AuditLine;
import dev.testudo.trust.audit.AuditSigner;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.pki.Ed25519Key;
import dev.testudo.trust.pki.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The exit codes by which scripts tell apart what happened to an audit log.
class VerifyAuditLogTest {
  private static final Identity CAS = Identity.ephemeral("cas");
  private static final AuditSigner SIGNER =
      new AuditSigner(CAS, Ed25519Key.generate(new SecureRandom()));

  @TempDir private Path work;
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
    var out = new ByteArrayOutputStream();
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
