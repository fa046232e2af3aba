package dev.testudo.trust.collateral.service;

import java.time.Duration;
import java.util.Optional;

/// Spaces the requests to a service. Thread-safe.
final class Pace {
  private final long pause;
  private long next;

  /// Creates a pace.
  ///
  /// @param pause the time between two requests
  Pace(Duration pause) {
    this.pause = pause.toNanos();
    this.next = System.nanoTime();
  }

  /// Waits until the next request may be sent, unless that is too long.
  ///
  /// @param longest the longest wait
  /// @return how long it is until then if nobody waited, and no request may be sent; otherwise
  // empty
  Optional<Duration> await(Duration longest) throws InterruptedException {
    Duration wait;
    synchronized (this) {
      var now = System.nanoTime();
      var mine = Math.max(now, next);
      wait = Duration.ofNanos(mine - now);
      if (wait.compareTo(longest) > 0) {
        return Optional.of(wait);
      }
      next = mine + pause;
    }
    Thread.sleep(wait);
    return Optional.empty();
  }

  /// Delays all later requests.
  synchronized void delay(Duration time) {
    next = Math.max(next, System.nanoTime() + time.toNanos());
  }
}
