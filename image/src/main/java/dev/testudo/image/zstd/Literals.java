package dev.testudo.image.zstd;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The literals of a block (RFC 8878, 3.1.1.3.1). A table may be used again by the next block.
final class Literals {
  private final byte[] bytes = new byte[ZstdBlocks.MAX_BLOCK];
  private int size;
  private @Nullable HuffmanTable table;

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  void startFrame() {
    table = null;
  }

  /// Reads the section at `start`; returns the index after it.
  int read(byte[] in, int start, int end) throws ZstdException {
    if (start >= end) {
      throw corrupt();
    }
    var type = in[start] & 3;
    return type < 2 ? plain(in, start, end, type == 1) : compressed(in, start, end, type == 3);
  }

  private int plain(byte[] in, int start, int end, boolean repeated) throws ZstdException {
    var format = (in[start] >> 2) & 3;
    var header = (format & 1) == 0 ? 1 : format == 1 ? 2 : 3;
    var number = number(in, start, header, end);
    size = (int) (number >> (header == 1 ? 3 : 4));
    var at = start + header;
    var length = repeated ? 1 : size;
    if (size > bytes.length || at + length > end) {
      throw corrupt();
    }
    if (repeated) {
      Arrays.fill(bytes, 0, size, in[at]);
    } else {
      System.arraycopy(in, at, bytes, 0, size);
    }
    return at + length;
  }

  private int compressed(byte[] in, int start, int end, boolean again) throws ZstdException {
    var format = (in[start] >> 2) & 3;
    var header = format < 2 ? 3 : format + 2;
    var width = format < 2 ? 10 : format == 2 ? 14 : 18;
    var number = number(in, start, header, end);
    size = (int) ((number >> 4) & ((1 << width) - 1));
    var at = start + header;
    var sectionEnd = at + (int) ((number >> (4 + width)) & ((1 << width) - 1));
    if (size > bytes.length || sectionEnd > end) {
      throw corrupt();
    }
    if (!again) {
      var described = HuffmanTable.read(in, at, sectionEnd);
      table = described.table();
      at = described.end();
    }
    var codes = table;
    if (codes == null) {
      throw corrupt();
    }
    if (format == 0) {
      codes.decode(new BackwardBits(in, at, sectionEnd), bytes, 0, size);
    } else {
      four(codes, in, at, sectionEnd);
    }
    return sectionEnd;
  }

  private void four(HuffmanTable codes, byte[] in, int start, int end) throws ZstdException {
    if (start + 6 > end) {
      throw corrupt();
    }
    var each = (size + 3) / 4;
    var at = start + 6;
    for (var i = 0; i < 4; i++) {
      var last = i == 3;
      var streamEnd = last ? end : at + (int) number(in, start + 2 * i, 2, end);
      var count = last ? size - 3 * each : each;
      if (streamEnd > end || count < 0) {
        throw corrupt();
      }
      codes.decode(new BackwardBits(in, at, streamEnd), bytes, i * each, count);
      at = streamEnd;
    }
  }

  private static long number(byte[] in, int start, int length, int end) throws ZstdException {
    if (start + length > end) {
      throw corrupt();
    }
    var number = 0L;
    for (var i = length - 1; i >= 0; i--) {
      number = (number << 8) | (in[start + i] & 0xff);
    }
    return number;
  }

  private static ZstdException corrupt() {
    return ZstdException.corrupt("a section of literals");
  }
}
