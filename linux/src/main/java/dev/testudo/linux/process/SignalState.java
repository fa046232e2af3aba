package dev.testudo.linux.process;

import java.util.Optional;

/// Which signals a program starts with ignored and blocked (signal(7)); all others do what they do
/// by default. One bit each: signal 1 is the lowest.
///
/// @param ignored of these, the ones by which a processor or the kernel tells a process of its own
/// faults (`ILL`, `TRAP`, `BUS`, `FPE`, `SEGV`) and `CHLD` cannot be passed on: this process needs
/// them
/// @param blocked the mask of the program's first thread
public record SignalState(long ignored, long blocked) {
  /// None ignored, none blocked.
  public static final SignalState CLEAN = new SignalState(0, 0);

  /// ILL, TRAP, BUS, FPE, KILL, SEGV, CHLD, STOP.
  private static final int[] OURS = {4, 5, 7, 8, 9, 11, 17, 19};

  /// Reads `SigIgn` and `SigBlk` of proc_pid_status(5), two hexadecimal numbers with a space
  /// between. Empty when `text` is something else.
  public static Optional<SignalState> parse(String text) {
    var words = text.split(" ", -1);
    try {
      return words.length == 2
          ? Optional.of(new SignalState(number(words[0]), number(words[1])))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static long number(String word) {
    return Long.parseUnsignedLong(word, 16);
  }

  /// Whether the program starts with this one ignored.
  public boolean ignores(int signal) {
    return (ignored & bit(signal)) != 0;
  }

  /// The ignored ones that this process can ignore for a moment, too.
  long ignorable() {
    long all = ignored;
    for (int signal : OURS) {
      all &= ~bit(signal);
    }
    return all;
  }

  static long bit(int signal) {
    return 1L << (signal - 1);
  }
}
