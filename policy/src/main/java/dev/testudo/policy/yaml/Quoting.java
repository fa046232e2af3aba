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

  /// Strings that readers of YAML 1.1, such as Kubernetes and Helm, take for truth values, numbers
  /// or dates.
  private static final Pattern AMBIGUOUS =
      Pattern.compile(
          "(?i)y|n|yes|no|on|off|[+-]?[0-9][0-9_.]*_[0-9_.]*|[+-]?0[box][0-9a-f_]+"
              + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*");

  private Quoting() {}

  /// Returns true if the value without quotes is not a string in YAML 1.1, although it is one in
  /// YAML 1.2.
  static boolean isAmbiguous(String text) {
    return AMBIGUOUS.matcher(text).matches();
  }

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
