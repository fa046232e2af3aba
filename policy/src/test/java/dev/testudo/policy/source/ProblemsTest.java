package dev.testudo.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.read.SessionParser;
import java.util.AbstractList;
import java.util.Collection;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  private static final int MANY = 12_000;

  /// A list of one name that counts how often it is read.
  private static final class Candidates extends AbstractList<String> {
    private int looks;

    @Override
    public String get(int index) {
      looks++;
      return "wanted";
    }

    @Override
    public int size() {
      return 1;
    }
  }

  private static Diagnostic mistake(int number) {
    var file = new SourceFile("file", "x".repeat(MANY));
    return Diagnostic.error(
        DiagnosticId.UNKNOWN_SECRET, file.span(number, number + 1), "mistake " + number);
  }

  /// How many are told that `wanted` may be meant.
  private static long advised(String wanted, Collection<Diagnostic> found) {
    var advice = "did you mean `%s`?".formatted(wanted);
    return found.stream().filter(one -> one.help().contains(advice)).count();
  }

  @Test
  void ofManyMisspelledNamesAHundredAreLookedUp() {
    var problems = new Problems();
    var candidates = new Candidates();
    for (var i = 0; i < MANY; i++) {
      problems.addSuggesting(mistake(i), candidates, "wantde");
    }
    assertEquals(Problems.MAX_ADVISED, advised("wanted", problems.found()));
    assertTrue(candidates.looks <= 3 * Problems.MAX_ADVISED, candidates.looks + " looks");
  }

  @Test
  void aDocumentFullOfMisspelledNamesGetsAHundredPiecesOfAdvice() {
    var yaml = new StringBuilder("name: a\nversion: \"0.3\"\nservices:\n  - name: s\n");
    for (var i = 0; i < MANY; i++) {
      yaml.append("    comand%d: x\n".formatted(i));
    }
    var found = SessionParser.read(new SourceFile("a", yaml.toString())).diagnostics();
    var advised = advised("command", found);
    assertTrue(advised > 0, found.getFirst()::toString);
    assertTrue(advised <= Problems.MAX_ADVISED, advised + " pieces of advice");
  }

  @Test
  void theLastLineCountsTheOthersAsFarAsTheyWereKept() {
    var problems = new Problems();
    for (var i = 0; i < MANY; i++) {
      problems.add(mistake(i));
    }
    var shown = Diagnostics.render(problems.found());
    assertEquals("and at least 900 more", shown.lines().toList().getLast());
    var fewer = new Problems();
    for (var i = 0; i < 150; i++) {
      fewer.add(mistake(i));
    }
    shown = Diagnostics.render(fewer.found());
    assertEquals("and 50 more", shown.lines().toList().getLast());
  }
}
