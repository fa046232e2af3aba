package dev.testudo.image.zstd;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Bits that are read from the last to the first (RFC 8878, 4.1). The highest set bit of the last
/// byte marks the end. Bits before the first one read as zero, and [#left] is negative then.
final class BackwardBits {
  /// How many bytes must follow the stream in its array.
  static final int PADDING = 8;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int start;
  private long left;

  BackwardBits(byte[] bytes, int start, int end) throws ZstdException {
    if (start >= end || bytes[end - 1] == 0) {
      throw ZstdException.corrupt("a bit stream");
    }
    this.bytes = bytes;
    this.start = start;
    var mark = 31 - Integer.numberOfLeadingZeros(bytes[end - 1] & 0xff);
    this.left = (end - 1L - start) * 8 + mark;
  }

  /// Returns how many bits are left; negative if more were read than there are.
  long left() {
    return left;
  }

  /// Reads up to 32 bits.
  long read(int count) {
    var value = peek(count);
    left -= count;
    return value;
  }

  void skip(int count) {
    left -= count;
  }

  /// Returns the next bits without reading them.
  long peek(int count) {
    var from = left - count;
    if (from >= 0) {
      return load(from) & ((1L << count) - 1);
    }
    var present = (int) Math.max(left, 0);
    if (present == 0) {
      return 0;
    }
    return (load(0) & ((1L << present) - 1)) << (count - present);
  }

  private long load(long bit) {
    return (long) LONG.get(bytes, start + (int) (bit >>> 3)) >>> (bit & 7);
  }
}
