package dev.testudo.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisplayTest {
  private static final List<String> SERVICES = List.of("redis", "flask");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  private String written() {
    var text = bytes.toString(UTF_8);
    bytes.reset();
    return text;
  }

  private LiveDisplay live(Palette palette) {
    return new LiveDisplay(out, palette, SERVICES, ZoneOffset.UTC, () -> new TerminalSize(24, 80));
  }

  @Test
  void plainLinesNameTheirService() {
    try (var display = new PlainDisplay(out, Palette.PLAIN, SERVICES)) {
      display.output("redis", "Ready to accept connections");
      display.say("up in 812 ms");
      display.alarm("redis refused");
      display.show(MeshTableTest.PATIENTS);
    }
    assertEquals(
        """
        redis | Ready to accept connections
        testudo | up in 812 ms
        testudo | redis refused
        """,
        written());
  }

  @Test
  void onATerminalNamesStandInAColumnOfTheirOwnColour() {
    try (var display = new PlainDisplay(out, Palette.COLOUR, SERVICES)) {
      display.output("redis", "a");
      display.output("flask", "b");
    }
    assertEquals("\u001b[36mredis   |\u001b[0m a\n\u001b[33mflask   |\u001b[0m b\n", written());
  }

  @Test
  void outputScrollsPastATableThatStaysInPlace() {
    try (var display = live(Palette.PLAIN)) {
      display.output("redis", "before");
      display.frame();
      assertEquals("\r\u001b[Jredis | before\n", written());
      display.show(MeshTableTest.PATIENTS);
      display.frame();
      var table = written();
      var height = 9;
      assertEquals(height + 1, table.split("\n", -1).length);
      display.output("flask", "between");
      display.frame();
      assertEquals(
          "\u001b[9A\r\u001b[Jflask | between\n" + table.substring("\r\u001b[J".length()),
          written());
    }
  }

  @Test
  void nothingIsDrawnWhenNothingChanged() {
    try (var display = live(Palette.PLAIN)) {
      display.show(MeshTableTest.PATIENTS);
      display.frame();
      written();
      display.frame();
      assertEquals("", written());
    }
  }

  @Test
  void manyLinesAreWrittenAtOnceInsteadOfPilingUp() {
    try (var display = live(Palette.PLAIN)) {
      for (var i = 0; i < LiveDisplay.MAX_WAITING; i++) {
        display.output("redis", "line " + i);
      }
      assertEquals(LiveDisplay.MAX_WAITING, written().split("line", -1).length - 1);
    }
  }

  @Test
  void afterTheEndLinesAreStillPrinted() {
    var display = live(Palette.PLAIN);
    display.show(MeshTableTest.PATIENTS);
    display.close();
    written();
    display.say("stopped");
    assertEquals("testudo | stopped\n", written());
    assertFalse(written().contains("\u001b"));
  }

  @Test
  void aTerminalThatDoesNotSayHasTheUsualSize() {
    assertEquals(new TerminalSize(50, 200), TerminalSize.parse("50 200\n"));
    assertEquals(TerminalSize.USUAL, TerminalSize.parse("0 0\n"));
    assertEquals(TerminalSize.USUAL, TerminalSize.parse("stty: not a tty"));
  }
}
