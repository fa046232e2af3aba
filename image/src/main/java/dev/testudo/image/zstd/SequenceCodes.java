package dev.testudo.image.zstd;

/// The codes of sequences and the tables that need no description (RFC 8878, 3.1.1.3.2).
@SuppressWarnings("ImmutableEnumChecker") // nothing changes the arrays
enum SequenceCodes {
  /// How many literals are copied.
  LITERAL_LENGTH(
      9,
      6,
      new int[] {
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1,
        1, -1, -1, -1, -1
      },
      new int[] {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10,
        11, 12, 13, 14, 15, 16
      },
      0),
  /// How far back a match is.
  OFFSET(
      8,
      5,
      new int[] {
        1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
      },
      new int[32],
      0),
  /// How long a match is.
  MATCH_LENGTH(
      9,
      6,
      new int[] {
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
      },
      new int[] {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
      },
      3);

  private final int maxLog;
  private final FseTable predefined;
  private final int[] bits;
  private final int[] bases;

  SequenceCodes(int maxLog, int log, int[] probabilities, int[] bits, int first) {
    this.maxLog = maxLog;
    this.bits = bits;
    this.bases = new int[bits.length];
    for (int i = 0, base = first; i < bits.length; i++) {
      bases[i] = base;
      base += 1 << bits[i];
    }
    try {
      this.predefined = FseTable.of(probabilities, log);
    } catch (ZstdException e) {
      throw new AssertionError(e);
    }
  }

  int maxLog() {
    return maxLog;
  }

  int maxSymbol() {
    return bits.length - 1;
  }

  FseTable predefined() {
    return predefined;
  }

  /// Returns the value of a code; the bits that complete it are read.
  int value(int code, BackwardBits in) {
    return bases[code] + (int) in.read(bits[code]);
  }
}
