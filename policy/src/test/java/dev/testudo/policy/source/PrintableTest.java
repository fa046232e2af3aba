package dev.testudo.policy.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrintableTest {
  private static void assertShown(String shown, String text) {
    assertEquals(shown, Printable.of(text));
    var bytes = text.getBytes(UTF_8);
    assertEquals(shown, Printable.of(bytes, bytes.length));
  }

  @Test
  void nobodyBeginsALineOrMovesTheCursor() {
    assertShown("/run/\\x1b[2J\\x0aé\\x0d\\x00\\x7f", "/run/\u001b[2J\né\r\0\u007f");
    assertShown("\\xc2\\x9b1m\\u2028\\u2029", "\u009b1m\u2028\u2029");
  }

  @Test
  void nobodyMakesLettersStandInAnotherOrder() {
    for (var control = 0x202A; control <= 0x202E; control++) {
      assertShown("a\\u%04xb".formatted(control), "a" + Character.toString(control) + "b");
    }
    for (var control = 0x2066; control <= 0x2069; control++) {
      assertShown("\\u%04x".formatted(control), Character.toString(control));
    }
    assertShown("\\u200e\\u200f\\u061c", "\u200e\u200f\u061c");
  }

  @Test
  void nothingIsInvisible() {
    assertShown("a\\u200bb\\ufeff\\u00ad\\U000e0041", "a\u200bb\ufeff\u00ad\udb40\udc41");
    assertEquals("\\ud800", Printable.of("\ud800"));
  }

  @Test
  void wordsOfEveryLanguageStayWhatTheyAre() {
    for (var word :
        List.of("naïve", "שלום", "می\u200cخواهم", "क्\u200dष", "日本語", "👩\u200d🔬", "a\tb")) {
      assertShown(word, word);
    }
  }

  @Test
  void severalLinesStaySeveralAndNothingElseComesThrough() {
    assertEquals("a\nb\\x0d\\x1b", Printable.lines("a\nb\r\u001b"));
  }

  @Test
  void aDiagnosticQuotesWithoutRepeating() {
    var source = new SourceFile("a\u202e.yaml", "x: \u202e\u001b[2J\n");
    var rendered =
        Diagnostics.render(
            List.of(
                Diagnostic.error(
                        DiagnosticId.UNKNOWN_KEY, source.span(0, 1), "`\nerror: \u202e` unknown")
                    .labelled("\u202e")
                    .helped("\u2066")));
    assertFalse(rendered.codePoints().anyMatch(c -> c != '\n' && !Printable.isShown(c)), rendered);
    assertFalse(rendered.contains("\nerror: "), rendered);
  }
}
