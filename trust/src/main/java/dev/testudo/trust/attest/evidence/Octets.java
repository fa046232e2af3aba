package dev.testudo.trust.attest.evidence;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;

/// A sequence of bytes that nobody changes. Slices share the bytes. Integers in evidence are little
/// endian.
///
/// Positions are checked: one outside throws [IndexOutOfBoundsException]. Parsers check lengths
/// before they read, so that malformed input is refused with a reason.
public final class Octets {
  private final byte[] bytes;
  private final int from;
  private final int length;

  private Octets(byte[] bytes, int from, int length) {
    this.bytes = bytes;
    this.from = from;
    this.length = length;
  }

  /// Copies `bytes`.
  public static Octets of(byte[] bytes) {
    return new Octets(bytes.clone(), 0, bytes.length);
  }

  /// Reads hexadecimal digits of either case.
  ///
  /// @throws IllegalArgumentException if `text` is something else
  public static Octets ofHex(String text) {
    var bytes = HexFormat.of().parseHex(text);
    return new Octets(bytes, 0, bytes.length);
  }

  /// Reads base64 (RFC 4648, section 4).
  ///
  /// @throws IllegalArgumentException if `text` is something else
  public static Octets ofBase64(String text) {
    var bytes = Base64.getDecoder().decode(text);
    return new Octets(bytes, 0, bytes.length);
  }

  /// Returns the number of bytes.
  public int length() {
    return length;
  }

  /// Returns `count` bytes from position `start` on.
  public Octets slice(int start, int count) {
    Objects.checkFromIndexSize(start, count, length);
    return new Octets(bytes, from + start, count);
  }

  /// Returns the byte at `position`, 0 to 255.
  public int u8(int position) {
    Objects.checkIndex(position, length);
    return bytes[from + position] & 0xff;
  }

  /// Returns the 16-bit integer at `position`.
  public int u16(int position) {
    return u8(position) | u8(position + 1) << 8;
  }

  /// Returns the 32-bit integer at `position`, from 0 on.
  public long u32(int position) {
    return u16(position) | (long) u16(position + 2) << 16;
  }

  /// Returns the 64-bit integer at `position`.
  public long u64(int position) {
    return u32(position) | u32(position + 4) << 32;
  }

  /// Returns whether all bytes are zero; true if there are none.
  public boolean isZero() {
    for (var i = from; i < from + length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /// Returns lower-case hexadecimal digits.
  public String hex() {
    return HexFormat.of().formatHex(bytes, from, from + length);
  }

  /// Returns base64 with padding (RFC 4648, section 4).
  public String base64() {
    return Base64.getEncoder().encodeToString(toBytes());
  }

  /// Returns a copy of the bytes.
  public byte[] toBytes() {
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  /// Returns a read-only view.
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes, from, length).slice().asReadOnlyBuffer();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Octets that
        && Arrays.equals(
            bytes, from, from + length, that.bytes, that.from, that.from + that.length);
  }

  @Override
  public int hashCode() {
    return buffer().hashCode();
  }

  /// Returns the length only: evidence is long.
  @Override
  public String toString() {
    return "Octets[%d]".formatted(length);
  }
}
