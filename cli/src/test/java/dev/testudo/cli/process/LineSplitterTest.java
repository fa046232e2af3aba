package dev.testudo.cli.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private final List<String> lines = new ArrayList<>();
  private final LineSplitter splitter = new LineSplitter(lines::add);

  private void write(byte[] bytes) {
    splitter.write(bytes, bytes.length);
  }

  private void write(String text) {
    write(text.getBytes(UTF_8));
  }

  @Test
  void aLineIsHandedOnWhenItsEndArrives() {
    write("one\ntw");
    assertEquals(List.of("one"), lines);
    write("o\r\n\nthree");
    splitter.end();
    assertEquals(List.of("one", "two", "", "three"), lines);
  }

  @Test
  void aLineWithoutEndIsShownInPiecesOfBoundedLength() {
    write("x".repeat(LineSplitter.MAX_LINE * 2) + "y\nnext\n");
    assertEquals(
        List.of(LineSplitter.MAX_LINE, LineSplitter.MAX_LINE, 1, 4),
        lines.stream().map(String::length).toList());
  }

  @Test
  void aLineOfExactlyTheLimitIsOneLine() {
    write("x".repeat(LineSplitter.MAX_LINE) + "\n\n");
    assertEquals(2, lines.size());
    assertEquals("", lines.get(1));
  }

  @Test
  void aCharacterIsNotCutInTwoAtTheLimit() {
    var text = "x".repeat(LineSplitter.MAX_LINE - 1) + "é" + "z";
    write(text + "\n");
    assertEquals(text, String.join("", lines));
    assertEquals("éz", lines.get(1));
  }

  @Test
  void controlCharactersCannotReachTheTerminal() {
    write("a\u001b[2Jb\tc\u0007\u009b1m\rd\n");
    assertEquals(List.of("a\\x1b[2Jb\tc\\x07\\xc2\\x9b1m\\x0dd"), lines);
  }

  @Test
  void bytesThatAreNotTextAreShownAsNumbers() {
    write(new byte[] {'a', (byte) 0xFF, (byte) 0xC3, 'b', 0, '\n'});
    assertEquals(List.of("a\\xff\\xc3b\\x00"), lines);
  }

  @Test
  void anyBytesInAnyPiecesGiveLinesWithoutControlCharacters() {
    var seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    for (var round = 0; round < 200; round++) {
      var bytes = new byte[random.nextInt(20_000)];
      random.nextBytes(bytes);
      write(bytes);
    }
    splitter.end();
    for (var line : lines) {
      assertTrue(
          line.chars().noneMatch(c -> Character.isISOControl(c) && c != '\t'), "seed " + seed);
      assertTrue(line.length() <= LineSplitter.MAX_LINE * 4, "seed " + seed);
    }
  }
}
