package dev.testudo.trust.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.audit.AuditFault.Kind;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.pki.Ed25519Key;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a verifier with a copy of the log and the pinned key hash detects.
class AuditVerdictTest {
  private static final Identity CAS = Identity.ephemeral("cas");
  private static final Ed25519Key KEY = Ed25519Key.generate(new SecureRandom());
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

  private static List<String> log(Identity cas, List<String> events) {
    var signer =
        new AuditSigner(cas, cas.equals(CAS) ? KEY : Ed25519Key.generate(new SecureRandom()));
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
        signer.keys().put(entry);
      }
      var line = AuditLine.sign(entry.build(), signer);
      previous = AuditLine.hash(line);
      lines.add(new String(line, StandardCharsets.UTF_8));
    }
    return lines;
  }

  private void keep(List<String> lines) throws IOException {
    Files.writeString(file, String.join("\n", lines) + "\n");
  }

  private List<AuditVerdict.Problem> problems() throws IOException {
    return AuditVerdict.of(file, CAS.keyHash(), Optional.empty()).problems();
  }

  private void assertProblem(long line, Kind kind) throws IOException {
    assertProblem(line, kind, problems());
  }

  private static void assertProblem(long line, Kind kind, List<AuditVerdict.Problem> problems) {
    assertTrue(
        problems.stream().anyMatch(p -> p.line() == line && p.kind() == kind),
        () -> "%s in line %d, not %s".formatted(kind, line, problems));
  }

  @Test
  void aProblemIsShownWithItsPlace() throws IOException {
    Files.writeString(file, "");
    assertEquals(
        List.of(file + ":1: the log is empty"), problems().stream().map(p -> p.text()).toList());
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
      assertProblem(i + 1, Kind.WRONG_SIGNATURE);
    }
  }

  @Test
  void aRemovedOrAddedLineIsNamed() throws IOException {
    var lines = new ArrayList<>(good);
    lines.remove(2);
    keep(lines);
    assertProblem(3, Kind.WRONG_NUMBER);
    keep(good.subList(1, good.size()));
    assertProblem(1, Kind.NO_BEGINNING);
    lines = new ArrayList<>(good);
    lines.add(2, "{}");
    keep(lines);
    assertProblem(3, Kind.NO_LINE);
  }

  @Test
  void aLogThatSomebodyElseMadeAnewIsNoticed() throws IOException {
    keep(log(THIEF, List.of("started", "stored")));
    assertProblem(1, Kind.OTHER_KEY);
    var lines = new ArrayList<>(good.subList(0, 1));
    var anew = log(THIEF, List.of("stored", "stored"));
    lines.add(anew.get(1).replaceFirst("\"previous\":\"[0-9a-f]*\"", previousOf(good.getFirst())));
    keep(lines);
    assertProblem(2, Kind.WRONG_SIGNATURE);
  }

  private static String previousOf(String line) {
    var hash = AuditLine.hash(line.getBytes(StandardCharsets.UTF_8));
    return "\"previous\":\"" + hash + "\"";
  }

  private Optional<AuditVerdict.Seen> last() throws IOException {
    var last = AuditVerdict.of(file, CAS.keyHash(), Optional.empty()).last().orElseThrow();
    return AuditVerdict.Seen.parse(last.sequence() + ":" + last.hash());
  }

  @Test
  void anotherLogOfTheSameCasIsNoticedByWhoeverSawTheFirst() throws IOException {
    var seen = last();
    keep(log(CAS, List.of("started", "stored", "refused", "attested", "deleted")));
    assertEquals(List.of(), problems());
    assertProblem(5, Kind.REPLACED_LINE, AuditVerdict.of(file, CAS.keyHash(), seen).problems());
  }

  @Test
  void aShortenedLogIsNoticedByWhoeverSawMoreOfIt() throws IOException {
    var seen = last();
    assertEquals(List.of(), AuditVerdict.of(file, CAS.keyHash(), seen).problems());
    keep(good.subList(0, 3));
    assertEquals(List.of(), problems());
    assertProblem(3, Kind.MISSING_LINE, AuditVerdict.of(file, CAS.keyHash(), seen).problems());
  }

  @Test
  void aLogThatWasRolledBackAndContinuedIsNoticedByWhoeverSawTheOther() throws IOException {
    var seen = last();
    keep(log(CAS, List.of("started", "stored", "refused", "attested", "stored", "read")));
    assertEquals(List.of(), problems());
    assertProblem(6, Kind.REPLACED_LINE, AuditVerdict.of(file, CAS.keyHash(), seen).problems());
  }

  private Path part(String name, int from, int to) throws IOException {
    return Files.writeString(
        directory.resolve(name), String.join("\n", good.subList(from, to)) + "\n");
  }

  private List<AuditVerdict.Problem> problems(Path... files) throws IOException {
    return AuditVerdict.of(List.of(files), CAS.keyHash(), Optional.empty()).problems();
  }

  @Test
  void theFilesOfOneLogAreVerifiedTogetherInAnyOrder() throws IOException {
    var names = List.of("started", "a", "started", "b", "started", "c", "started", "d");
    good = log(CAS, names);
    var oldest = part("oldest", 0, 4);
    var middle = part("middle", 2, 6);
    var newest = part("newest", 6, 8);
    assertEquals(List.of(), problems(newest, oldest, middle));
    assertEquals(List.of(), problems(oldest, oldest, middle, newest));
    var whole = AuditVerdict.of(List.of(middle, newest, oldest), CAS.keyHash(), last(good));
    assertEquals(List.of(), whole.problems());
    assertEquals(Optional.of(1L), whole.first().map(AuditLine::sequence));
    assertEquals(Optional.of(8L), whole.last().map(AuditLine::sequence));
    assertEquals(
        List.of(), AuditVerdict.of(List.of(oldest, middle), CAS.keyHash(), at(good, 3)).problems());
    assertProblem(1, Kind.NO_BEGINNING, problems(middle, newest));
    assertProblem(1, Kind.WRONG_NUMBER, problems(oldest, newest));
    var edited = Files.readString(middle).replace("2026-01-01", "2026-01-02");
    Files.writeString(middle, edited);
    assertProblem(1, Kind.WRONG_SIGNATURE, problems(oldest, middle, newest));
    good = log(CAS, List.of("started", "a", "started", "x", "started", "y"));
    assertProblem(1, Kind.REPLACED_LINE, problems(oldest, part("other", 2, 6)));
    assertProblem(1, Kind.REPLACED_LINE, problems(oldest, part("other", 4, 6)));
  }

  private static Optional<AuditVerdict.Seen> at(List<String> lines, int index) {
    var hash = AuditLine.hash(lines.get(index).getBytes(StandardCharsets.UTF_8));
    return AuditVerdict.Seen.parse((index + 1) + ":" + hash);
  }

  private static Optional<AuditVerdict.Seen> last(List<String> lines) {
    return at(lines, lines.size() - 1);
  }

  @Test
  void filesThatAreNoLogAreRefused() throws IOException {
    for (var wrong :
        Map.of(
                "",
                Kind.EMPTY,
                "x",
                Kind.UNFINISHED,
                "x".repeat(1 << 20),
                Kind.NO_LINE,
                "\n\n",
                Kind.NO_LINE,
                "{\"sequence\":1}\n",
                Kind.NO_LINE)
            .entrySet()) {
      Files.writeString(file, wrong.getKey());
      assertProblem(1, wrong.getValue());
    }
  }
}
