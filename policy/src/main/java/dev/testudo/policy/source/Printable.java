package dev.testudo.policy.source;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Text that somebody else chose, as text that does nothing but be read. A person who was not meant
/// to write into a terminal or a log can neither begin a line there, nor move the cursor, nor make
/// letters stand in another order than they are read, nor be invisible.
///
/// Control characters and bytes that are not UTF-8 appear as `\xNN`, one for each byte. What is
/// invisible or changes the direction of writing appears by its number in the notation of Java:
/// Unicode's format characters except the two joiners, which words of many languages need, and its
/// separators of lines.
public final class Printable {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int MALFORMED = 0xFFFD;
  private static final int BASIC_PLANE_END = 0x10000;
  private static final int FIRST_FORMAT = 0xAD;

  private Printable() {}

  /// One line, whatever `text` is.
  public static String of(String text) {
    return of(text, false);
  }

  /// Several lines, where `text` has line breaks; for texts of ours that quote others.
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

  /// Nearly every text.
  private static boolean isPlain(String text, boolean lines) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if ((c < 0x20 && c != '\t' && !(lines && c == '\n')) || c == 0x7F || c >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /// The first `end` bytes of `bytes` as one line.
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

  /// Length of the character at `at`, 0 when there is none.
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

  /// Whether a person sees the character `point` as itself.
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
