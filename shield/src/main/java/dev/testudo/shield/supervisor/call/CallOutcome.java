package dev.testudo.shield.supervisor.call;

import dev.testudo.linux.sys.ErrnoException;

/// What a call returns, and an action to run afterwards.
public record CallOutcome(Answer answer, Afterwards afterwards) {
  /// An action that runs once the program continues. By then the shield must hold none of the
  /// program's descriptors, so that a close by the program really closes.
  @FunctionalInterface
  public interface Afterwards {
    /// Runs the action.
    ///
    /// @param heard whether the program got the answer
    void follow(boolean heard) throws ErrnoException;
  }

  /// Returns an outcome without a further action.
  public static CallOutcome of(Answer answer) {
    return new CallOutcome(answer, _ -> {});
  }
}
