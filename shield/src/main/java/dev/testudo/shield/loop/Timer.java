package dev.testudo.shield.loop;

import java.util.Optional;

/// An action scheduled on a [Loop]. It belongs to the loop's thread.
public final class Timer {
  private final Timers queue;
  private final long at;
  private Optional<Runnable> action;

  Timer(Timers queue, long at, Runnable action) {
    this.queue = queue;
    this.at = at;
    this.action = Optional.of(action);
  }

  /// Returns when the action is due, by [System#nanoTime].
  long at() {
    return at;
  }

  boolean isCancelled() {
    return action.isEmpty();
  }

  /// Cancels the action, and drops the reference to it.
  public void cancel() {
    if (action.isPresent()) {
      action = Optional.empty();
      queue.forgetCancelled();
    }
  }

  /// Returns the action for execution. From now on [#cancel] has no effect.
  Optional<Runnable> take() {
    var taken = action;
    action = Optional.empty();
    return taken;
  }
}
