package dev.testudo.shield.loop;

import java.util.PriorityQueue;

/// What one loop is to do later. Not safe for several threads.
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

  /// How many are kept, those of them included that will do nothing any more.
  int size() {
    return queue.size();
  }

  /// One more is cancelled. Most are, long before their time. Thrown away when they are the greater
  /// part, they cost little and never pile up.
  void forgetCancelled() {
    cancelled++;
    if (cancelled > FEW && cancelled > queue.size() / 2) {
      queue.removeIf(Timer::isCancelled);
      cancelled = 0;
    }
  }

  /// How long to wait for the next one; -1: there is none.
  int millisToNext() {
    var next = queue.peek();
    if (next == null) {
      return -1;
    }
    // Rounded up: waking just before the time would spin.
    long millis = (next.at() - System.nanoTime() + 999_999) / 1_000_000;
    return Math.clamp(millis, 0, Integer.MAX_VALUE);
  }

  /// Does what is due.
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
