package dev.testudo.trust.collateral.service;

import java.time.Duration;

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

  /// Waits until the next request may be sent.
  void await() throws InterruptedException {
    Thread.sleep(Duration.ofNanos(take()));
  }

  private synchronized long take() {
    var now = System.nanoTime();
    var mine = Math.max(now, next);
    next = mine + pause;
    return mine - now;
  }

  /// Delays all later requests.
  synchronized void delay(Duration time) {
    next = Math.max(next, System.nanoTime() + time.toNanos());
  }
}
