package dev.testudo.shield.supervisor.call;

import dev.testudo.linux.sys.ErrnoException;

/// What a call returns, and what is to be done once it has returned.
public record CallOutcome(Answer answer, Afterwards afterwards) {
  /// The program goes on at once: what it closes next is to be closed by it, not by us, so nothing
  /// of its own is held any more by then.
  @FunctionalInterface
  public interface Afterwards {
    /// Does it.
    ///
    /// @param heard whether the program got the answer
    void follow(boolean heard) throws ErrnoException;
  }

  /// Nothing is to be done.
  public static CallOutcome of(Answer answer) {
    return new CallOutcome(answer, _ -> {});
  }
}
