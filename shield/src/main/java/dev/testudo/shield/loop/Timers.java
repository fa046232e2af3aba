package dev.testudo.shield.loop;

import java.util.PriorityQueue;

/// The timer queue of one loop. Not safe for use by multiple threads.
final class Timers {
  private static final int FEW = 256;

  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>((one, other) -> Long.compare(one.at() - other.at(), 0));
  private int cancelled;

  Timer afterNanos(long delay, Runnable action) {
    var timer = new Timer(this, System.nanoTime() + delay, action);
    queue.add(timer);
    return timer;
  }

  /// Returns the number of stored timers, including cancelled ones.
  int size() {
    return queue.size();
  }

  /// Counts one more cancelled timer. Most timers are cancelled long before they are due. Removing
  /// them once they are the majority keeps the cost low and the queue bounded.
  void forgetCancelled() {
    cancelled++;
    if (cancelled > FEW && cancelled > queue.size() / 2) {
      queue.removeIf(Timer::isCancelled);
      cancelled = 0;
    }
  }

  /// Returns the time to the next timer in milliseconds, or -1 if there is none.
  int millisToNext() {
    var next = queue.peek();
    if (next == null) {
      return -1;
    }
    // Rounded up: waking just before the due time would spin.
    long millis = (next.at() - System.nanoTime() + 999_999) / 1_000_000;
    return Math.clamp(millis, 0, Integer.MAX_VALUE);
  }

  /// Runs the timers that are due.
  void expire() {
    if (queue.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    for (var next = queue.peek(); next != null && isOver(next, now); next = queue.peek()) {
      queue.remove();
      if (next.isCancelled()) {
        cancelled = Math.max(cancelled - 1, 0);
      }
      next.take().ifPresent(Runnable::run);
    }
  }

  private static boolean isOver(Timer timer, long now) {
    return timer.isCancelled() || timer.at() - now <= 0;
  }
}
