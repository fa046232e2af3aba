package dev.testudo.shield.loop;

import java.util.Optional;

/// A thing that will be done at its time, unless cancelled before. It belongs to its loop's thread.
public final class Timer {
  private final Timers queue;
  private final long at;
  private Optional<Runnable> action;

  Timer(Timers queue, long at, Runnable action) {
    this.queue = queue;
    this.at = at;
    this.action = Optional.of(action);
  }

  /// In [System#nanoTime].
  long at() {
    return at;
  }

  boolean isCancelled() {
    return action.isEmpty();
  }

  /// It will not be done, and nothing that it would have acted on is kept.
  public void cancel() {
    if (action.isPresent()) {
      action = Optional.empty();
      queue.forgetCancelled();
    }
  }

  /// What is to be done. Cancelling it from now on changes nothing.
  Optional<Runnable> take() {
    var taken = action;
    action = Optional.empty();
    return taken;
  }
}
