package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// How tests wait for what other processes do.
final class Patience {
  /// Far longer than anything waited for takes, on a machine ten times slower than usual and with
  /// the AOT cache still to be made: 15 seconds of one processor. A wait ends as soon as it can, so
  /// this costs nothing.
  static final Duration LIMIT = Duration.ofMinutes(10);

  private static final long LOOK_EVERY_MILLIS = 50;

  private Patience() {}

  /// Waits until `condition` holds.
  ///
  /// @param what to say when it does not within [#LIMIT]
  static void until(BooleanSupplier condition, Supplier<String> what) throws InterruptedException {
    var deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, what);
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
  }

  /// Whether `process` ends within [#LIMIT].
  static boolean outlasts(Process process) throws InterruptedException {
    return process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }
}
