package dev.testudo.policy.source;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Makes text from an untrusted source safe to print. Such text can neither start a new line in a
/// terminal or a log, nor move the cursor, nor reorder or hide characters.
///
/// Control characters and bytes that are not UTF-8 become `\xNN`, one for each byte. Characters
/// that are invisible or change the writing direction become Java escapes: Unicode's format
/// characters and its line and paragraph separators. The two zero-width joiners are kept because
/// words of many languages need them.
public final class Printable {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int MALFORMED = 0xFFFD;
  private static final int BASIC_PLANE_END = 0x10000;
  private static final int FIRST_FORMAT = 0xAD;

  private Printable() {}

  /// Returns `text` as a single printable line.
  public static String of(String text) {
    return of(text, false);
  }

  /// Returns `text` as printable lines, keeping its line breaks. For our own
  /// texts that quote input.
  public static String lines(String text) {
    return of(text, true);
  }

  private static String of(String text, boolean lines) {
    if (isPlain(text, lines)) {
      return text;
    }
    var shown = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            point -> {
              if (isShown(point) || (lines && point == '\n')) {
                shown.appendCodePoint(point);
              } else {
                shown.append(escape(point));
              }
            });
    return shown.toString();
  }

  /// Returns true if nothing needs to be escaped, which is so for nearly every text.
  private static boolean isPlain(String text, boolean lines) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if ((c < 0x20 && c != '\t' && !(lines && c == '\n')) || c == 0x7F || c >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /// Returns the first `end` bytes of `bytes` as a single printable line.
  public static String of(byte[] bytes, int end) {
    var text = new StringBuilder(end + 16);
    for (var i = 0; i < end; ) {
      var size = sequence(bytes, i, end);
      var point = size == 0 ? -1 : new String(bytes, i, size, UTF_8).codePointAt(0);
      if (size == 0) {
        text.append(escape(bytes[i]));
        i++;
      } else {
        if (isShown(point)) {
          text.appendCodePoint(point);
        } else {
          text.append(escape(point));
        }
        i += size;
      }
    }
    return text.toString();
  }

  /// Returns the length of the UTF-8 sequence at `at`, or 0 if there is no valid one.
  private static int sequence(byte[] bytes, int at, int end) {
    var first = bytes[at] & 0xFF;
    if (first < 0x80) {
      return 1;
    }
    var size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (at + size > end) {
      return 0;
    }
    var text = new String(bytes, at, size, UTF_8);
    // A malformed sequence decodes to the replacement character.
    var point = text.codePointAt(0);
    return text.length() == Character.charCount(point) && point != MALFORMED ? size : 0;
  }

  /// Returns true if `point` is a character that people see as itself.
  public static boolean isShown(int point) {
    if (point < FIRST_FORMAT) {
      return point == '\t' || !Character.isISOControl(point);
    }
    return switch (Character.getType(point)) {
      case Character.FORMAT -> point == ZERO_WIDTH_NON_JOINER || point == ZERO_WIDTH_JOINER;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> false;
      default -> true;
    };
  }

  private static String escape(int point) {
    if (point < FIRST_FORMAT) {
      var shown = new StringBuilder();
      for (var octet : Character.toString(point).getBytes(UTF_8)) {
        shown.append(escape(octet));
      }
      return shown.toString();
    }
    return point < BASIC_PLANE_END ? "\\u%04x".formatted(point) : "\\U%08x".formatted(point);
  }

  private static String escape(byte octet) {
    return "\\x%02x".formatted(octet & 0xFF);
  }
}
