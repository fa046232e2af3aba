package dev.testudo.cli.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// A child process that never outlives us. Its standard input is a pipe that only we hold, and it
/// is started so that it exits when that pipe closes, whatever happens to us.
public interface ChildProcess {
  long pid();

  /// Returns a future for the exit code (128 + signal if a signal ended the process). It completes
  /// once all output has been delivered, but at most two seconds after the exit.
  CompletableFuture<Integer> ended();

  /// Asks the process to exit by closing its standard input. A signal would not work: the first
  /// process of a PID namespace ignores signals without a handler, and `unshare` blocks them.
  void terminate();

  /// Kills the process and everything it has started.
  void kill();

  /// Asks the process to exit, waits up to `patience`, and then kills it.
  ///
  /// @return true if it exited by itself
  boolean stop(Duration patience) throws InterruptedException;
}
