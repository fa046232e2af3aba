package dev.testudo.cas;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that stands still until it is advanced.
public final class TestClock implements InstantSource {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-05-01T12:00:00Z"));

  /// Creates a clock that shows noon of a day in May.
  public TestClock() {}

  @Override
  public Instant instant() {
    return now.get();
  }

  /// Advances the clock.
  public void advance(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }
}
