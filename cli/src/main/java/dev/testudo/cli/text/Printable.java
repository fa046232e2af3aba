package dev.testudo.cli.text;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Bytes as text that does nothing but be read.
public final class Printable {
  private Printable() {}

  /// Text from outside: control characters appear as `\xNN`.
  public static String of(String text) {
    var bytes = text.getBytes(UTF_8);
    return of(bytes, bytes.length);
  }

  /// The first `end` bytes: what is not UTF-8 or would control a terminal appears as `\xNN`.
  public static String of(byte[] bytes, int end) {
    if (isPrintable(bytes, end)) {
      return new String(bytes, 0, end, UTF_8);
    }
    var text = new StringBuilder(end + 16);
    for (var i = 0; i < end; ) {
      var size = sequence(bytes, i, end);
      if (size == 0) {
        text.append("\\x%02x".formatted(bytes[i] & 0xFF));
        i++;
      } else {
        text.append(new String(bytes, i, size, UTF_8));
        i += size;
      }
    }
    return text.toString();
  }

  private static boolean isPrintable(byte[] bytes, int end) {
    for (var i = 0; i < end; i++) {
      if ((bytes[i] < 0x20 && bytes[i] != '\t') || bytes[i] == 0x7F) {
        return false;
      }
    }
    return true;
  }

  /// Length of the showable character at `at`, 0 when there is none.
  private static int sequence(byte[] bytes, int at, int end) {
    var first = bytes[at] & 0xFF;
    if (first < 0x80) {
      return (first >= 0x20 && first != 0x7F) || first == '\t' ? 1 : 0;
    }
    var size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (at + size > end) {
      return 0;
    }
    var text = new String(bytes, at, size, UTF_8);
    // A malformed sequence decodes to the replacement character; C1 controls move cursors too.
    var point = text.codePointAt(0);
    var whole = text.length() == Character.charCount(point);
    return whole && point != 0xFFFD && !Character.isISOControl(point) ? size : 0;
  }
}
