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

  private static long advised(Collection<Diagnostic> found) {
    return found.stream()
        .filter(one -> one.help().stream().anyMatch(help -> help.startsWith("did you mean")))
        .count();
  }

  @Test
  void ofManyMisspelledNamesAHundredAreLookedUp() {
    var problems = new Problems();
    var candidates = new Candidates();
    for (var i = 0; i < MANY; i++) {
      problems.addSuggesting(mistake(i), candidates, "wantde");
    }
    assertEquals(Problems.MAX_ADVISED, advised(problems.found()));
    assertTrue(candidates.looks <= 3 * Problems.MAX_ADVISED, candidates.looks + " looks");
  }

  @Test
  void aDocumentFullOfMisspelledNamesGetsAHundredPiecesOfAdvice() {
    var yaml = new StringBuilder("name: a\nversion: \"0.3\"\nservices:\n  - name: s\n");
    for (var i = 0; i < MANY; i++) {
      yaml.append("    comand%d: x\n".formatted(i));
    }
    var found = SessionParser.read(new SourceFile("a", yaml.toString())).diagnostics();
    assertTrue(advised(found) > 0, found.getFirst()::toString);
    assertTrue(advised(found) <= Problems.MAX_ADVISED, advised(found) + " pieces of advice");
  }

  @Test
  void theLastLineCountsTheOthersAsFarAsTheyWereKept() {
    var problems = new Problems();
    for (var i = 0; i < MANY; i++) {
      problems.add(mistake(i));
    }
    var shown = Diagnostics.render(problems.found());
    assertTrue(shown.endsWith("\nand at least 900 more\n"), shown.substring(shown.length() - 100));
    var fewer = new Problems();
    for (var i = 0; i < 150; i++) {
      fewer.add(mistake(i));
    }
    shown = Diagnostics.render(fewer.found());
    assertTrue(shown.endsWith("\nand 50 more\n"), shown.substring(shown.length() - 100));
  }
}
