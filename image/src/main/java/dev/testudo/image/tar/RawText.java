package dev.testudo.image.tar;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;

/// Names of files as text. Linux allows any byte in a name except NUL and `/`; names are UTF-8
/// almost always. A byte that is not part of UTF-8 becomes one of the characters U+DC80 to U+DCFF,
/// which valid UTF-8 cannot give (as Python's `surrogateescape`, PEP 383), so nothing is lost.
public final class RawText {
  private static final char ESCAPE = 0xDC00;

  private RawText() {}

  /// Returns the text of `bytes`.
  public static String decode(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    var out = CharBuffer.allocate(bytes.length);
    var decoder = UTF_8.newDecoder();
    while (true) {
      var result = decoder.decode(in, out, true);
      if (result.isUnderflow()) {
        return out.flip().toString();
      }
      // One byte at a time, so that the rest of a broken sequence is looked at again.
      out.put((char) (ESCAPE + (in.get() & 0xff)));
      decoder.reset();
    }
  }

  /// Returns the bytes of a text that [#decode] gave.
  public static byte[] encode(String text) {
    if (text.chars().noneMatch(RawText::isEscape)) {
      return text.getBytes(UTF_8);
    }
    var out = new ByteArrayOutputStream(text.length());
    for (var i = 0; i < text.length(); ) {
      var point = text.codePointAt(i);
      if (isEscape(point)) {
        out.write(point - ESCAPE);
      } else {
        out.writeBytes(Character.toString(point).getBytes(UTF_8));
      }
      i += Character.charCount(point);
    }
    return out.toByteArray();
  }

  private static boolean isEscape(int point) {
    return point >= ESCAPE + 0x80 && point <= ESCAPE + 0xff;
  }
}
