package dev.testudo.cas.issue;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Base32 encoding (RFC 4648 §6).
public final class Base32 {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private Base32() {}

  /// Returns the bytes of a text, with or without padding and in any case. Empty if the text is not
  /// Base32.
  public static Optional<byte[]> decode(String text) {
    var end = text.length();
    while (end > 0 && text.charAt(end - 1) == '=') {
      end--;
    }
    var out = ByteBuffer.allocate(end * 5 / 8);
    var pending = 0;
    var bits = 0;
    for (var i = 0; i < end; i++) {
      var digit = ALPHABET.indexOf(Character.toUpperCase(text.charAt(i)));
      if (digit < 0) {
        return Optional.empty();
      }
      pending = (pending << 5) | digit;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        out.put((byte) (pending >> bits));
        pending &= (1 << bits) - 1;
      }
    }
    return Optional.of(out.array());
  }

  static String encode(byte[] bytes, boolean padded) {
    var out = new StringBuilder();
    var pending = 0;
    var bits = 0;
    for (var b : bytes) {
      pending = (pending << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        out.append(ALPHABET.charAt((pending >> bits) & 31));
      }
      pending &= (1 << bits) - 1;
    }
    if (bits > 0) {
      out.append(ALPHABET.charAt((pending << (5 - bits)) & 31));
    }
    while (padded && out.length() % 8 != 0) {
      out.append('=');
    }
    return out.toString();
  }
}
