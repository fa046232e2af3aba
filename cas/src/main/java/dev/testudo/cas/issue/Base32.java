package dev.testudo.cas.issue;

/// Base32 encoding (RFC 4648 §6).
final class Base32 {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private Base32() {}

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
