package dev.testudo.trust.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a verifier with a copy of the log and the pinned key hash detects.
class AuditVerdictTest {
  private static final Identity CAS = Identity.ephemeral("cas");
  private static final Identity THIEF = Identity.ephemeral("thief");

  @TempDir private Path directory;
  private Path file;
  private List<String> good;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("audit.jsonl");
    good = log(CAS, List.of("started", "stored", "refused", "attested", "read"));
    keep(good);
  }

  private static List<String> log(Identity signer, List<String> events) {
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
        AuditLine.putKey(entry, signer.certificate().getPublicKey());
      }
      var line = AuditLine.sign(entry.build(), signer, new SecureRandom());
      previous = AuditLine.hash(line);
      lines.add(new String(line, StandardCharsets.UTF_8));
    }
    return lines;
  }

  private void keep(List<String> lines) throws IOException {
    Files.writeString(file, String.join("\n", lines) + "\n");
  }

  private List<String> problems() throws IOException {
    return AuditVerdict.of(file, CAS.keyHash(), Optional.empty()).problems();
  }

  private void assertProblem(String place, String what) throws IOException {
    var problems = problems();
    assertTrue(
        problems.stream().anyMatch(p -> p.startsWith(file + place) && p.contains(what)),
        problems.toString());
  }

  @Test
  void aLogAsCasWroteItIsRight() throws IOException {
    assertEquals(List.of(), problems());
  }

  @Test
  void anEditedLineIsNamed() throws IOException {
    for (var i = 0; i < good.size(); i++) {
      var lines = new ArrayList<>(good);
      lines.set(i, lines.get(i).replace("2026-01-01", "2026-01-02"));
      keep(lines);
      assertProblem(":" + (i + 1) + ":", "the signature of CAS does not match");
    }
  }

  @Test
  void aRemovedOrAddedLineIsNamed() throws IOException {
    var lines = new ArrayList<>(good);
    lines.remove(2);
    keep(lines);
    assertProblem(":3:", "number 4 follows number 2");
    keep(good.subList(1, good.size()));
    assertProblem(":1:", "earlier lines were removed");
    lines = new ArrayList<>(good);
    lines.add(2, "{}");
    keep(lines);
    assertProblem(":3:", "this is not a line of an audit log");
  }

  @Test
  void aLogThatSomebodyElseMadeAnewIsNoticed() throws IOException {
    keep(log(THIEF, List.of("started", "stored")));
    assertProblem(":1:", "no line names the key");
    var lines = new ArrayList<>(good.subList(0, 1));
    var anew = log(THIEF, List.of("stored", "stored"));
    lines.add(anew.get(1).replaceFirst("\"previous\":\"[0-9a-f]*\"", previousOf(good.getFirst())));
    keep(lines);
    assertProblem(":2:", "the signature of CAS does not match");
  }

  private static String previousOf(String line) {
    var hash = AuditLine.hash(line.getBytes(StandardCharsets.UTF_8));
    return "\"previous\":\"" + hash + "\"";
  }

  @Test
  void aShortenedLogIsNoticedByWhoeverSawMoreOfIt() throws IOException {
    var last = AuditVerdict.of(file, CAS.keyHash(), Optional.empty()).last().orElseThrow();
    var seen = AuditVerdict.Seen.parse(last.sequence() + ":" + last.hash());
    assertEquals(List.of(), AuditVerdict.of(file, CAS.keyHash(), seen).problems());
    keep(good.subList(0, 3));
    assertEquals(List.of(), problems());
    var problems = AuditVerdict.of(file, CAS.keyHash(), seen).problems();
    assertTrue(problems.toString().contains("number 5 with hash"), problems.toString());
  }

  @Test
  void filesThatAreNoLogAreRefused() throws IOException {
    for (var text : List.of("", "x", "x".repeat(1 << 20), "\n\n", "{\"sequence\":1}\n")) {
      Files.writeString(file, text);
      assertTrue(!problems().isEmpty());
    }
  }
}
