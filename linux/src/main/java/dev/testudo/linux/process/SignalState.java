package dev.testudo.linux.process;

import java.util.Optional;

/// The signals that a program starts with ignored and blocked (signal(7)). All others have their
/// default action. One bit each; signal 1 is the lowest.
///
/// @param ignored the ignored signals. Signals by which the processor or kernel reports faults
///     (`ILL`, `TRAP`, `BUS`, `FPE`, `SEGV`) and `CHLD` cannot be passed on, because this process
///     needs them
/// @param blocked the signal mask of the program's first thread
public record SignalState(long ignored, long blocked) {
  /// No signal ignored, none blocked.
  public static final SignalState CLEAN = new SignalState(0, 0);

  /// ILL, TRAP, BUS, FPE, KILL, SEGV, CHLD, STOP.
  private static final int[] OURS = {4, 5, 7, 8, 9, 11, 17, 19};

  /// Parses `SigIgn` and `SigBlk` of proc_pid_status(5), two hexadecimal numbers separated by a
  /// space. Returns empty for anything else.
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

  /// Returns whether the program starts with this signal ignored.
  public boolean ignores(int signal) {
    return (ignored & bit(signal)) != 0;
  }

  /// Returns the ignored signals that this process, too, can ignore for a moment.
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
