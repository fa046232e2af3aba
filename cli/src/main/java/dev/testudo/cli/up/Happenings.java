package dev.testudo.cli.up;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The queue of events. Ends of processes and requests to stop are few and always have room.
/// Reports of agents wait when there are too many, so that a noisy service delays only itself.
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

  /// Returns the next event, or empty after `patience`.
  Optional<Happening> next(Duration patience) throws InterruptedException {
    var next = Optional.ofNullable(queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
    if (next.isPresent() && next.get() instanceof Happening.AgentReported) {
      room.release();
    }
    return next;
  }
}
