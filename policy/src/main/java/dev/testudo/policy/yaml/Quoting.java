package dev.testudo.policy.yaml;

import java.util.regex.Pattern;

/// Decides how a value is written in YAML.
final class Quoting {
  /// Values that need no quotes in any context. Deliberately narrow: many other values
  /// would be safe, too.
  private static final Pattern PLAIN = Pattern.compile("~|[A-Za-z0-9_./][A-Za-z0-9_./+-]*|");

  /// Limits how deep the regular expression recurses.
  private static final int MAX_PLAIN = 1000;

  /// Values that need no quotes in block style. Spaces and colons are safe there unless a
  /// space follows a colon.
  private static final Pattern PLAIN_IN_BLOCK =
      Pattern.compile(
          "[A-Za-z0-9_./$](?:[A-Za-z0-9_./+$@,;|()=~-]|:(?=[^ ])| (?=[A-Za-z0-9_./$(]))*");

  private Quoting() {}

  /// Returns true if the value needs no quotes in any context.
  static boolean isPlain(String text) {
    return PLAIN.matcher(text).matches();
  }

  /// Returns true if the value needs no quotes in block style.
  static boolean isPlainInBlock(String text) {
    return text.length() < MAX_PLAIN && PLAIN_IN_BLOCK.matcher(text).matches();
  }

  /// Returns true if the value can be a literal block: several lines that end in exactly one
  /// line break, a first line without indentation, and no character that a reader takes for
  /// another line break.
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

  /// Returns the value in double quotes.
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
