package dev.testudo.image.zstd;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decodes the compressed blocks of a frame (RFC 8878, 3.1.1.3).
final class ZstdBlocks {
  /// The most bytes that a block gives or has.
  static final int MAX_BLOCK = 1 << 17;

  private static final int MAX_OFFSET_CODE = 31;

  private final ZstdWindow out;
  private final Literals literals = new Literals();
  private final Map<SequenceCodes, FseTable> tables = new EnumMap<>(SequenceCodes.class);
  private final long[] repeated = new long[3];
  private int literal;

  ZstdBlocks(ZstdWindow out) {
    this.out = out;
  }

  void startFrame() {
    literals.startFrame();
    tables.clear();
    repeated[0] = 1;
    repeated[1] = 4;
    repeated[2] = 8;
  }

  /// Decodes a block of `size` bytes, which [BackwardBits#PADDING] further ones follow.
  void decode(byte[] in, int size) throws ZstdException {
    var at = literals.read(in, 0, size);
    literal = 0;
    if (at >= size) {
      throw corrupt();
    }
    var first = in[at] & 0xff;
    var header = first < 128 ? 1 : first < 255 ? 2 : 3;
    if (at + header > size) {
      throw corrupt();
    }
    var count =
        switch (header) {
          case 1 -> first;
          case 2 -> ((first - 128) << 8) + (in[at + 1] & 0xff);
          default -> (in[at + 1] & 0xff) + ((in[at + 2] & 0xff) << 8) + 0x7F00;
        };
    at += header;
    if (count > 0) {
      at = tables(in, at, size);
      sequences(new BackwardBits(in, at, size), count);
    } else if (at != size) {
      throw corrupt();
    }
    out.append(literals.bytes(), literal, literals.size() - literal);
  }

  private int tables(byte[] in, int start, int end) throws ZstdException {
    if (start >= end || (in[start] & 3) != 0) {
      throw corrupt();
    }
    var modes = in[start];
    var at = table(SequenceCodes.LITERAL_LENGTH, (modes >> 6) & 3, in, start + 1, end);
    at = table(SequenceCodes.OFFSET, (modes >> 4) & 3, in, at, end);
    return table(SequenceCodes.MATCH_LENGTH, (modes >> 2) & 3, in, at, end);
  }

  private int table(SequenceCodes codes, int mode, byte[] in, int at, int end)
      throws ZstdException {
    switch (mode) {
      case 0 -> tables.put(codes, codes.predefined());
      case 1 -> {
        if (at >= end || (in[at] & 0xff) > codes.maxSymbol()) {
          throw corrupt();
        }
        tables.put(codes, FseTable.always(in[at] & 0xff));
        return at + 1;
      }
      case 2 -> {
        var described = FseTable.read(in, at, end, codes.maxLog(), codes.maxSymbol());
        tables.put(codes, described.table());
        return described.end();
      }
      default -> {
        if (!tables.containsKey(codes)) {
          throw corrupt();
        }
      }
    }
    return at;
  }

  private void sequences(BackwardBits in, int count) throws ZstdException {
    var lengths = table(tables.get(SequenceCodes.LITERAL_LENGTH));
    var offsets = table(tables.get(SequenceCodes.OFFSET));
    var matches = table(tables.get(SequenceCodes.MATCH_LENGTH));
    var length = lengths.first(in);
    var offset = offsets.first(in);
    var match = matches.first(in);
    for (var i = 0; i < count; i++) {
      var code = offsets.symbol(offset);
      if (code > MAX_OFFSET_CODE || in.left() < 0) {
        throw corrupt();
      }
      var distance = (1L << code) + in.read(code);
      var matched = SequenceCodes.MATCH_LENGTH.value(matches.symbol(match), in);
      var copied = SequenceCodes.LITERAL_LENGTH.value(lengths.symbol(length), in);
      execute(copied, matched, distance(distance, copied));
      if (i + 1 < count) {
        length = lengths.next(length, in);
        match = matches.next(match, in);
        offset = offsets.next(offset, in);
      }
    }
    if (in.left() != 0) {
      throw corrupt();
    }
  }

  private static FseTable table(@Nullable FseTable table) throws ZstdException {
    if (table == null) {
      throw corrupt();
    }
    return table;
  }

  private void execute(int copied, int matched, long distance) throws ZstdException {
    if (copied > literals.size() - literal) {
      throw corrupt();
    }
    out.append(literals.bytes(), literal, copied);
    literal += copied;
    out.repeat(distance, matched);
  }

  /// Values up to 3 mean one of the last distances.
  private long distance(long value, int copied) throws ZstdException {
    if (value > 3) {
      repeated[2] = repeated[1];
      repeated[1] = repeated[0];
      repeated[0] = value - 3;
      return repeated[0];
    }
    var index = (int) value - (copied == 0 ? 0 : 1);
    if (index == 0) {
      return repeated[0];
    }
    var distance = index == 3 ? repeated[0] - 1 : repeated[index];
    if (distance == 0) {
      throw corrupt();
    }
    if (index > 1) {
      repeated[2] = repeated[1];
    }
    repeated[1] = repeated[0];
    repeated[0] = distance;
    return distance;
  }

  private static ZstdException corrupt() {
    return ZstdException.corrupt("a block");
  }
}
