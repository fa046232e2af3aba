package dev.testudo.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
  private static Diagnostic at(SourceFile source, String what) {
    var start = source.text().indexOf(what);
    var span = source.span(start, start + what.length());
    return Diagnostic.error(DiagnosticId.UNKNOWN_SECRET, span, "secret `x` is not defined");
  }

  @Test
  void aMistakeIsShownWhereItWasMade() {
    var source = new SourceFile("service.yaml", "a: b\nvalue: \"$$SECRET::x$$\"  \n");
    var shown =
        Diagnostics.render(
            List.of(at(source, "x$$").labelled("not defined").helped("did you mean `y`?")));
    assertEquals(
        """
        error[unknown-secret]: secret `x` is not defined
         --> service.yaml:2:19
          |
        2 | value: "$$SECRET::x$$"
          |                   ^^^ not defined
          = help: did you mean `y`?
        """,
        shown);
  }

  @Test
  void findingsAreSortedByPlaceAndShownOnce() {
    var source = new SourceFile("s", "one\ntwo\n");
    var two = at(source, "two");
    var one = at(source, "one");
    assertEquals(
        Diagnostics.render(List.of(one)) + "\n" + Diagnostics.render(List.of(two)),
        Diagnostics.render(List.of(two, one, two)));
  }

  @Test
  void onlyTheFirstLineOfALongPartIsMarked() {
    var source = new SourceFile("s", "  ab\ncd");
    assertEquals(
        """
        error[unknown-secret]: secret `x` is not defined
         --> s:1:3
          |
        1 |   ab
          |   ^^
        """,
        Diagnostics.render(List.of(at(source, "ab\ncd"))));
  }

  @Test
  void aLongLineIsCutAroundThePlace() {
    var source = new SourceFile("s", "<".repeat(10_000) + "\tHERE" + ">".repeat(1_000_000));
    assertEquals(
        """
        error[unknown-secret]: secret `x` is not defined
         --> s:1:10002
          |
        1 | …%s HERE%s…
          |  %s^^^^ not defined
        """
            .formatted("<".repeat(59), ">".repeat(136), " ".repeat(60)),
        Diagnostics.render(List.of(at(source, "HERE").labelled("not defined"))));
  }

  @Test
  void aCutSplitsNoCharacter() {
    var source = new SourceFile("s", "😀".repeat(500) + "HERE" + "😀".repeat(500));
    for (var start = 1000; start < 1004; start++) {
      var span = source.span(start, 1004);
      var shown =
          Diagnostics.render(List.of(Diagnostic.error(DiagnosticId.UNKNOWN_SECRET, span, "x")));
      assertEquals(
          shown,
          new String(shown.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8),
          "half a character becomes `?`");
    }
  }

  @Test
  void aLongPartIsMarkedAsFarAsItIsShown() {
    var source = new SourceFile("s", "ab" + "x".repeat(5_000) + "\n");
    var shown = Diagnostics.render(List.of(at(source, "x".repeat(5_000))));
    assertEquals("  |   " + "^".repeat(198), shown.lines().toList().get(4));
  }

  @Test
  void whatIsShownOfManyAndLongFindingsIsLimited() {
    var text = "y".repeat(100_000);
    var source = new SourceFile("s", text);
    var many = new ArrayList<Diagnostic>();
    for (var i = 0; i < 99; i++) {
      many.add(
          Diagnostic.error(DiagnosticId.UNKNOWN_SECRET, source.span(i, i + 1), text)
              .labelled(text)
              .helped(text));
    }
    var shown = Diagnostics.render(many);
    assertTrue(shown.length() <= Diagnostics.MAX_SIZE + 20, shown.length() + " characters");
    var named = shown.lines().filter(l -> l.startsWith("error[")).count();
    assertTrue(named > 10, shown);
    assertEquals("and %d more".formatted(99 - named), shown.lines().toList().getLast());
  }

  @Test
  void aConfidentialSourceIsNeverShown() {
    var source = SourceFile.confidential("env:KEY", "-----BEGIN\nhunter2");
    var shown = Diagnostics.render(List.of(at(source, "hunter2").labelled("expected PEM")));
    assertFalse(shown.contains("hunter2"), shown);
    assertEquals(
        """
        error[unknown-secret]: secret `x` is not defined
         --> env:KEY:2:1
          = expected PEM
          = the value may hold a key and is not shown
        """,
        shown);
    assertFalse(Text.of(source).toString().contains("hunter2"));
    assertFalse(source.toString().contains("hunter2"));
  }

  @Test
  void hiddenPartsKeepTheirPlace() {
    var source = new SourceFile("s", "a: hunter2 b\n");
    var hiding = source.hiding(List.of(source.span(3, 10)));
    var shown = Diagnostics.render(List.of(at(hiding, "b")));
    assertEquals(
        """
        error[unknown-secret]: secret `x` is not defined
         --> s:1:12
          |
        1 | a: ******* b
          |            ^
        """,
        shown);
    assertEquals("hunter2", hiding.span(3, 10).text());
    assertFalse(new Text("hunter2", hiding.span(3, 10)).toString().contains("hunter2"));
  }

  @Test
  void columnsCountCharactersAsPeopleDo() {
    assertEquals(3, at(new SourceFile("s", "\n🐢 x"), "x").span().column());
    assertEquals(2, at(new SourceFile("s", "\n🐢 x"), "x").span().line());
  }

  @Test
  void aNearWordIsOffered() {
    assertEquals(Optional.of("redis"), Spelling.nearest("redsi", List.of("api", "redis")));
    assertEquals(Optional.of("PORT"), Spelling.nearest("port", List.of("PORT", "IDENTITY")));
    assertEquals(Optional.empty(), Spelling.nearest("cas", List.of("api", "redis")));
    assertEquals(Optional.empty(), Spelling.nearest("nginx", List.of("redis")));
  }

  @Test
  void stepsKeepTheFindingsOfBoth() {
    var source = new SourceFile("s", "one two");
    Parsed<String> first = new Parsed.Valid<>("v", List.of(at(source, "one")));
    Parsed<String> failed = new Parsed.Invalid<>(List.of(at(source, "two")));
    assertEquals(2, first.then(_ -> failed).diagnostics().size());
    assertEquals(1, first.map(String::length).diagnostics().size());
    assertEquals(1, failed.then(_ -> first).diagnostics().size());
  }
}
