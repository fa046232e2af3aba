package dev.testudo.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineDifferenceTest {
  private static List<String> between(String old, String young) {
    return LineDifference.between(old.replace(' ', '\n'), young.replace(' ', '\n'), 5);
  }

  @Test
  void equalLinesAreLeftOut() {
    assertEquals(List.of(), between("a b c", "a b c"));
    assertEquals(List.of(), between("", ""));
    assertEquals(List.of("- b", "+ x"), between("a b c", "a x c"));
    assertEquals(List.of("- a", "+ d"), between("a b c", "b c d"));
    assertEquals(List.of("+ a"), between("a", "a a"));
    assertEquals(List.of("- a", "- b"), between("a b", ""));
    assertEquals(List.of("- b", "- d", "+ e"), between("a b c d f", "a c e f"));
  }

  @Test
  void manyLinesAreCountedOnly() {
    assertEquals(
        List.of("- 1", "- 2", "- 3", "- 4", "- 5", "and 2 more lines"),
        between("1 2 3 4 5 6", "7"));
    var old = "a\n".repeat(3000);
    assertEquals(
        "and 5998 more lines", LineDifference.between(old, "b\n".repeat(3000), 2).getLast());
  }
}
