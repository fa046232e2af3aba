package dev.testudo.cli.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// A process we started. It lives no longer than we do: its standard input is a pipe that only we
/// hold, and it was started with the agreement to end when that pipe closes, whatever becomes of
/// us.
public interface ChildProcess {
  long pid();

  /// Completes with the exit code (128 + signal when a signal ended it), after the last line of
  /// output has been handed on or two seconds later, whichever comes first.
  CompletableFuture<Integer> ended();

  /// Asks it to end, by closing its standard input. A signal would not do: the first process of a
  /// PID namespace ignores it until it has a handler, and `unshare` blocks it.
  void terminate();

  /// Ends it and everything it started, now.
  void kill();

  /// Asks it to end, waits up to `patience`, then kills it. Returns whether it ended by itself.
  boolean stop(Duration patience) throws InterruptedException;
}
