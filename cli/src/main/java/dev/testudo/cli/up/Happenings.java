package dev.testudo.cli.up;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The queue of what happens. Ends and requests always find room, there are few of them; reports of
/// agents wait when too many are under way, so that a noisy service slows down itself only.
final class Happenings {
  private static final int MAX_REPORTS = 2000;

  private final BlockingQueue<Happening> queue = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(MAX_REPORTS);

  void add(Happening happening) {
    queue.add(happening);
  }

  void report(Happening.AgentReported report) throws InterruptedException {
    room.acquire();
    queue.add(report);
  }

  /// The next one, empty after `patience`.
  Optional<Happening> next(Duration patience) throws InterruptedException {
    var next = Optional.ofNullable(queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
    if (next.isPresent() && next.get() instanceof Happening.AgentReported) {
      room.release();
    }
    return next;
  }
}
