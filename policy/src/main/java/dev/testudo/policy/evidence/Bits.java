package dev.testudo.policy.evidence;

import java.util.HexFormat;

/// The bits of a register of 64 bits.
record Bits(long value) {
  /// Reads 16 hexadecimal digits, the least significant byte first.
  static Bits littleEndian(String hex) {
    return new Bits(Long.reverseBytes(HexFormat.fromHexDigitsToLong(hex)));
  }

  boolean isSet(int bit) {
    return (value >>> bit & 1) == 1;
  }
}
