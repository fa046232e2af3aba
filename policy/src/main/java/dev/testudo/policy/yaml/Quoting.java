package dev.testudo.policy.yaml;

import java.util.regex.Pattern;

/// How values are written in YAML.
final class Quoting {
  /// Cautious: much more would do without quotes, but nothing of this needs them anywhere.
  private static final Pattern PLAIN = Pattern.compile("~|[A-Za-z0-9_./][A-Za-z0-9_./+-]*|");

  /// Keeps the search for a match from going deep.
  private static final int MAX_PLAIN = 1000;

  /// In block style spaces and colons inside do no harm, unless they come together.
  private static final Pattern PLAIN_IN_BLOCK =
      Pattern.compile(
          "[A-Za-z0-9_./$](?:[A-Za-z0-9_./+$@,;|()=~-]|:(?=[^ ])| (?=[A-Za-z0-9_./$(]))*");

  private Quoting() {}

  /// True if the value can stand without quotes.
  static boolean isPlain(String text) {
    return PLAIN.matcher(text).matches();
  }

  /// True if the value can stand without quotes in block style.
  static boolean isPlainInBlock(String text) {
    return text.length() < MAX_PLAIN && PLAIN_IN_BLOCK.matcher(text).matches();
  }

  /// True if the value can be written line by line: several lines that end in one line break, the
  /// first not indented, and nothing that readers take for a line break of its own.
  static boolean isLiteral(String text) {
    return text.indexOf('\n') < text.length() - 1
        && text.endsWith("\n")
        && !text.endsWith("\n\n")
        && !Character.isWhitespace(text.charAt(0))
        && text.chars().allMatch(c -> c == '\n' || !isSpecial(c));
  }

  private static boolean isSpecial(int c) {
    return Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || c == 0xFEFF;
  }

  /// The value in double quotes.
  static String quoted(String text) {
    var result = new StringBuilder("\"");
    text.codePoints().forEach(c -> append(result, c));
    return result.append('"').toString();
  }

  private static void append(StringBuilder result, int c) {
    switch (c) {
      case '"', '\\' -> result.append('\\').appendCodePoint(c);
      case '\n' -> result.append("\\n");
      case '\t' -> result.append("\\t");
      default -> {
        if (isSpecial(c)) {
          result.append("\\u%04x".formatted(c));
        } else {
          result.appendCodePoint(c);
        }
      }
    }
  }
}
