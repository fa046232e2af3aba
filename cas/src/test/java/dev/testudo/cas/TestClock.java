package dev.testudo.cas;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that stands still until it is advanced.
final class TestClock implements InstantSource {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-05-01T12:00:00Z"));

  @Override
  public Instant instant() {
    return now.get();
  }

  /// Advances the clock.
  void advance(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }
}
