package dev.testudo.shield.supervisor.call;

import dev.testudo.linux.sys.ErrnoException;

/// Performs one kind of call.
@FunctionalInterface
public interface CallHandler {
  /// Performs `call`, which is suspended.
  ///
  /// @throws ErrnoException the error that the program gets
  CallOutcome perform(StoppedCall call) throws ErrnoException;
}
