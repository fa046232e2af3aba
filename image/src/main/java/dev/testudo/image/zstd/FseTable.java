package dev.testudo.image.zstd;

import java.util.Arrays;

/// A decoding table of finite state entropy (RFC 8878, 4.1).
final class FseTable {
  private final int log;
  private final byte[] symbols;
  private final byte[] bits;
  private final short[] bases;

  private FseTable(int log) {
    this.log = log;
    symbols = new byte[1 << log];
    bits = new byte[1 << log];
    bases = new short[1 << log];
  }

  /// Returns a table that always gives one symbol.
  static FseTable always(int symbol) {
    var table = new FseTable(0);
    table.symbols[0] = (byte) symbol;
    return table;
  }

  /// Builds a table from the probability of each symbol, which sum up to `1 << log`; -1 is less
  /// than 1.
  static FseTable of(int[] probabilities, int log) throws ZstdException {
    var table = new FseTable(log);
    var next = new int[probabilities.length];
    table.spread(probabilities, next);
    for (var i = 0; i < table.symbols.length; i++) {
      var state = next[table.symbols[i] & 0xff]++;
      var count = log - (31 - Integer.numberOfLeadingZeros(state));
      table.bits[i] = (byte) count;
      table.bases[i] = (short) ((state << count) - table.symbols.length);
    }
    return table;
  }

  private void spread(int[] probabilities, int[] next) throws ZstdException {
    var size = symbols.length;
    var high = size;
    for (var symbol = 0; symbol < probabilities.length; symbol++) {
      if (probabilities[symbol] == -1) {
        symbols[--high] = (byte) symbol;
        next[symbol] = 1;
      }
    }
    var step = (size >> 1) + (size >> 3) + 3;
    var position = 0;
    for (var symbol = 0; symbol < probabilities.length; symbol++) {
      if (probabilities[symbol] > 0) {
        next[symbol] = probabilities[symbol];
        for (var i = 0; i < probabilities[symbol]; i++) {
          symbols[position] = (byte) symbol;
          do {
            position = (position + step) & (size - 1);
          } while (position >= high);
        }
      }
    }
    if (position != 0) {
      throw ZstdException.corrupt("a table");
    }
  }

  int log() {
    return log;
  }

  int symbol(int state) {
    return symbols[state] & 0xff;
  }

  int first(BackwardBits in) {
    return (int) in.read(log);
  }

  int next(int state, BackwardBits in) {
    return bases[state] + (int) in.read(bits[state]);
  }

  /// What reading the description of a table gives.
  ///
  /// @param end the index after the description
  record Described(FseTable table, int end) {}

  /// Reads the description of a table.
  static Described read(byte[] in, int start, int end, int maxLog, int maxSymbol)
      throws ZstdException {
    var bits = new ForwardBits(in, start, end);
    var log = bits.read(4) + 5;
    if (log > maxLog) {
      throw ZstdException.corrupt("a table");
    }
    var probabilities = new int[maxSymbol + 1];
    var remaining = 1 << log;
    var symbol = 0;
    while (remaining > 0) {
      if (symbol > maxSymbol) {
        throw ZstdException.corrupt("a table");
      }
      var probability = probability(bits, remaining);
      remaining -= Math.abs(probability);
      probabilities[symbol++] = probability;
      if (probability == 0) {
        symbol += zeros(bits, maxSymbol);
      }
    }
    if (remaining < 0 || symbol > maxSymbol + 1) {
      throw ZstdException.corrupt("a table");
    }
    return new Described(of(Arrays.copyOf(probabilities, symbol), log), bits.end());
  }

  /// Small values take one bit less.
  private static int probability(ForwardBits bits, int remaining) throws ZstdException {
    var count = 32 - Integer.numberOfLeadingZeros(remaining + 1);
    var low = (1 << (count - 1)) - 1;
    var threshold = (1 << count) - 1 - (remaining + 1);
    var value = bits.peek(count);
    if ((value & low) < threshold) {
      bits.skip(count - 1);
      return (value & low) - 1;
    }
    bits.skip(count);
    return (value > low ? value - threshold : value) - 1;
  }

  private static int zeros(ForwardBits bits, int maxSymbol) throws ZstdException {
    var zeros = 0;
    while (true) {
      var more = bits.read(2);
      zeros += more;
      if (more != 3) {
        return zeros;
      }
      if (zeros > maxSymbol) {
        throw ZstdException.corrupt("a table");
      }
    }
  }
}
