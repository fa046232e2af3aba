package dev.testudo.image.zstd;

import java.util.Arrays;

/// What a frame has given so far: bytes that were not taken yet, and those before them to which
/// matches may refer.
final class ZstdWindow {
  /// Larger windows are refused: as much as the program `zstd` accepts unasked.
  static final long MAX_SIZE = 1 << 27;

  private static final int SLACK = 1 << 22;

  private byte[] bytes = new byte[1 << 18];
  private int size;
  private int taken;
  private int end;
  private int blockLimit;

  /// Begins a frame. Everything of the one before must have been taken.
  void startFrame(int windowSize) {
    size = windowSize;
    taken = 0;
    end = 0;
  }

  /// Makes room for a block.
  void startBlock() {
    if (end + ZstdBlocks.MAX_BLOCK > bytes.length) {
      var most = size + SLACK;
      if (bytes.length < most) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(2L * bytes.length, most));
      }
      if (end + ZstdBlocks.MAX_BLOCK > bytes.length) {
        var kept = Math.min(end, size);
        System.arraycopy(bytes, end - kept, bytes, 0, kept);
        taken -= end - kept;
        end = kept;
      }
    }
    blockLimit = end + Math.min(size, ZstdBlocks.MAX_BLOCK);
  }

  void append(byte[] source, int start, int count) throws ZstdException {
    room(count);
    System.arraycopy(source, start, bytes, end, count);
    end += count;
  }

  void fill(byte value, int count) throws ZstdException {
    room(count);
    Arrays.fill(bytes, end, end + count, value);
    end += count;
  }

  /// Appends a copy of what is `distance` back; it may overlap itself.
  void repeat(long distance, int count) throws ZstdException {
    room(count);
    if (distance > Math.min(end, size)) {
      throw ZstdException.corrupt("a match");
    }
    var from = end - (int) distance;
    if (distance >= count) {
      System.arraycopy(bytes, from, bytes, end, count);
    } else {
      for (var i = 0; i < count; i++) {
        bytes[end + i] = bytes[from + i];
      }
    }
    end += count;
  }

  private void room(int count) throws ZstdException {
    if (count < 0 || count > blockLimit - end) {
      throw ZstdException.corrupt("a block");
    }
  }

  int available() {
    return end - taken;
  }

  int take(byte[] target, int offset, int length) {
    var count = Math.min(length, available());
    System.arraycopy(bytes, taken, target, offset, count);
    taken += count;
    return count;
  }

  /// Adds what is not taken yet to a checksum.
  void addTo(XxHash64 hash) {
    hash.update(bytes, taken, end - taken);
  }
}
