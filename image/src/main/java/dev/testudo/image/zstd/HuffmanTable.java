package dev.testudo.image.zstd;

/// A decoding table of Huffman codes (RFC 8878, 4.2).
final class HuffmanTable {
  private static final int MAX_BITS = 11;
  private static final int MAX_SYMBOLS = 256;
  private static final int MAX_WEIGHT_LOG = 6;

  private final int log;
  private final byte[] symbols;
  private final byte[] bits;

  private HuffmanTable(int log) {
    this.log = log;
    symbols = new byte[1 << log];
    bits = new byte[1 << log];
  }

  /// What reading the description of a table gives.
  ///
  /// @param end the index after the description
  record Described(HuffmanTable table, int end) {}

  static Described read(byte[] in, int start, int limit) throws ZstdException {
    if (start >= limit) {
      throw ZstdException.corrupt("a table of literals");
    }
    var weights = new int[MAX_SYMBOLS];
    var head = in[start] & 0xff;
    var direct = head >= 128;
    var end = start + 1 + (direct ? (head - 127 + 1) / 2 : head);
    if (end > limit) {
      throw ZstdException.corrupt("a table of literals");
    }
    var count =
        direct ? direct(in, start + 1, head - 127, weights) : coded(in, start + 1, end, weights);
    return new Described(of(weights, count), end);
  }

  private static int direct(byte[] in, int start, int count, int[] weights) {
    for (var i = 0; i < count; i++) {
      var both = in[start + i / 2] & 0xff;
      weights[i] = i % 2 == 0 ? both >> 4 : both & 15;
    }
    return count;
  }

  /// Two states take turns. The end is where a state wants more bits than there are.
  private static int coded(byte[] in, int start, int end, int[] weights) throws ZstdException {
    var described = FseTable.read(in, start, end, MAX_WEIGHT_LOG, MAX_BITS + 1);
    var table = described.table();
    var bits = new BackwardBits(in, described.end(), end);
    var now = table.first(bits);
    var other = table.first(bits);
    var count = 0;
    while (bits.left() >= 0) {
      if (count >= MAX_SYMBOLS - 2) {
        throw ZstdException.corrupt("a table of literals");
      }
      weights[count++] = table.symbol(now);
      var next = table.next(now, bits);
      now = other;
      other = next;
    }
    if (count == 0) {
      throw ZstdException.corrupt("a table of literals");
    }
    weights[count++] = table.symbol(now);
    return count;
  }

  /// The last weight is not written: it completes the sum to a power of two.
  private static HuffmanTable of(int[] weights, int count) throws ZstdException {
    var sum = 0;
    for (var i = 0; i < count; i++) {
      if (weights[i] > MAX_BITS) {
        throw ZstdException.corrupt("a table of literals");
      }
      sum += weights[i] == 0 ? 0 : 1 << (weights[i] - 1);
    }
    var log = 32 - Integer.numberOfLeadingZeros(sum);
    var rest = (1 << log) - sum;
    if (sum == 0 || log > MAX_BITS || Integer.bitCount(rest) != 1) {
      throw ZstdException.corrupt("a table of literals");
    }
    weights[count] = 32 - Integer.numberOfLeadingZeros(rest);
    var table = new HuffmanTable(log);
    table.fill(weights, count + 1);
    return table;
  }

  private void fill(int[] weights, int count) {
    var at = 0;
    for (var weight = 1; weight <= log; weight++) {
      for (var symbol = 0; symbol < count; symbol++) {
        if (weights[symbol] == weight) {
          for (var i = 0; i < 1 << (weight - 1); i++, at++) {
            symbols[at] = (byte) symbol;
            bits[at] = (byte) (log + 1 - weight);
          }
        }
      }
    }
  }

  /// Decodes a stream, which must give exactly `count` literals.
  void decode(BackwardBits in, byte[] out, int start, int count) throws ZstdException {
    for (var i = start; i < start + count; i++) {
      var code = (int) in.peek(log);
      out[i] = symbols[code];
      in.skip(bits[code]);
    }
    if (in.left() != 0) {
      throw ZstdException.corrupt("a stream of literals");
    }
  }
}
