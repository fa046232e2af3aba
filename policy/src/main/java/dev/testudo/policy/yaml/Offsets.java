package dev.testudo.policy.yaml;

/// Converts the parser's positions, which count code points, to offsets into a string.
final class Offsets {
  private final String text;
  private final int[] table;

  Offsets(String text) {
    this.text = text;
    var count = text.codePointCount(0, text.length());
    // Without supplementary characters both are the same and no table is needed.
    this.table = count == text.length() ? new int[0] : table(text, count);
  }

  private static int[] table(String text, int count) {
    var table = new int[count + 1];
    var offset = 0;
    for (var i = 0; i < count; i++) {
      table[i] = offset;
      offset += Character.charCount(text.codePointAt(offset));
    }
    table[count] = offset;
    return table;
  }

  int of(int codePoints) {
    return table.length == 0
        ? Math.min(codePoints, text.length())
        : table[Math.min(codePoints, table.length - 1)];
  }
}
