package dev.testudo.image.zstd;

/// Bits that are read from the first to the last.
final class ForwardBits {
  private final byte[] bytes;
  private final int limit;
  private final int start;
  private int bit;

  ForwardBits(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.start = start;
    this.limit = (end - start) * 8;
  }

  /// Reads up to 16 bits.
  int read(int count) throws ZstdException {
    var value = peek(count);
    skip(count);
    return value;
  }

  /// Returns the next bits without reading them. Bits after the end are zero.
  int peek(int count) {
    var value = 0;
    for (var i = 0; i < count && bit + i < limit; i++) {
      var at = bit + i;
      value |= ((bytes[start + (at >> 3)] >> (at & 7)) & 1) << i;
    }
    return value;
  }

  void skip(int count) throws ZstdException {
    bit += count;
    if (bit > limit) {
      throw ZstdException.corrupt("a table");
    }
  }

  /// Returns the index of the byte after the last one that was read from.
  int end() {
    return start + (bit + 7) / 8;
  }
}
