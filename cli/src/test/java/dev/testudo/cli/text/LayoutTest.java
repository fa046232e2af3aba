package dev.testudo.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LayoutTest {
  @Test
  void sizesAreShortAndInPowersOfThousand() {
    assertEquals("0 B", Layout.size(0));
    assertEquals("999 B", Layout.size(999));
    assertEquals("1.0 kB", Layout.size(1000));
    assertEquals("99.9 kB", Layout.size(99_949));
    assertEquals("100 kB", Layout.size(99_951));
    assertEquals("1.0 MB", Layout.size(999_500));
    assertEquals("9.2 EB", Layout.size(Long.MAX_VALUE));
  }

  @Test
  void textIsCutOrFilledToItsColumn() {
    assertEquals("abc  ", Layout.pad("abc", 5));
    assertEquals("ab…", Layout.pad("abcd", 3));
    assertEquals("", Layout.cut("abcd", 0));
  }
}
