package dev.testudo.trust.pki;

import java.math.BigInteger;
import java.util.Optional;

/// Base58 with the alphabet of Bitcoin, the form of key hashes in policies.
final class Base58 {
  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(58);

  private Base58() {}

  static String encode(byte[] bytes) {
    var text = new StringBuilder();
    for (var rest = new BigInteger(1, bytes); rest.signum() > 0; rest = rest.divide(BASE)) {
      text.append(ALPHABET.charAt(rest.mod(BASE).intValue()));
    }
    for (var i = 0; i < bytes.length && bytes[i] == 0; i++) {
      text.append(ALPHABET.charAt(0));
    }
    return text.reverse().toString();
  }

  /// Decodes a text of exactly `length` bytes. Returns empty for any other length and any other
  /// spelling than the canonical one.
  static Optional<byte[]> decode(String text, int length) {
    if (text.length() > 2 * length) {
      return Optional.empty();
    }
    var value = BigInteger.ZERO;
    for (var i = 0; i < text.length(); i++) {
      var digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0) {
        return Optional.empty();
      }
      value = value.multiply(BASE).add(BigInteger.valueOf(digit));
    }
    if (value.bitLength() > 8 * length) {
      return Optional.empty();
    }
    var bytes = new byte[length];
    var raw = value.toByteArray();
    var from = raw.length > length ? raw.length - length : 0;
    System.arraycopy(raw, from, bytes, length - (raw.length - from), raw.length - from);
    return encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
  }
}
