package dev.testudo.shield.relay;

import java.time.Duration;
import java.util.Optional;
import java.util.PriorityQueue;

/// What is to happen later on one loop. Not safe for several threads.
final class Deadlines {
  private static final long LONGEST_WAIT_MILLIS = 60_000;
  private static final int FEW = 256;

  /// One thing that will happen unless it is cancelled.
  final class Deadline implements Comparable<Deadline> {
    private final long at;
    private Optional<Runnable> action;

    private Deadline(long at, Runnable action) {
      this.at = at;
      this.action = Optional.of(action);
    }

    /// It will not happen, and nothing that it would have acted on is kept.
    void cancel() {
      if (action.isPresent()) {
        action = Optional.empty();
        cancelled++;
        forgetCancelled();
      }
    }

    @Override
    @SuppressWarnings("ComparableType") // entries of one queue only
    public int compareTo(Deadline other) {
      return Long.compare(at - other.at, 0);
    }
  }

  private final PriorityQueue<Deadline> queue = new PriorityQueue<>();
  private int cancelled;

  /// Most are cancelled long before their time. Thrown away when they are the greater part, they
  /// cost little and never pile up.
  private void forgetCancelled() {
    if (cancelled > FEW && cancelled > queue.size() / 2) {
      queue.removeIf(deadline -> deadline.action.isEmpty());
      cancelled = 0;
    }
  }

  /// Runs `action` on the loop's thread after `delay`.
  Deadline after(Duration delay, Runnable action) {
    var deadline = new Deadline(System.nanoTime() + delay.toNanos(), action);
    queue.add(deadline);
    return deadline;
  }

  /// How many are kept, those of them included that will do nothing any more.
  int size() {
    return queue.size();
  }

  /// How long to wait for the next deadline at most.
  int millisToNext() {
    var next = queue.peek();
    if (next == null) {
      return (int) LONGEST_WAIT_MILLIS;
    }
    // Rounded up: waking just before the time would spin.
    long millis = (next.at - System.nanoTime() + 999_999) / 1_000_000;
    return (int) Math.clamp(millis, 0, LONGEST_WAIT_MILLIS);
  }

  /// Runs what is due.
  void expire() {
    if (queue.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    for (var next = queue.peek(); next != null && next.at - now <= 0; next = queue.peek()) {
      queue.poll();
      var action = next.action;
      if (action.isEmpty()) {
        cancelled = Math.max(cancelled - 1, 0);
      }
      // Cancelling it from now on changes nothing.
      next.action = Optional.empty();
      action.ifPresent(Runnable::run);
    }
  }
}
