package dev.testudo.cas;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for conditions, with a timeout that suits busy machines.
public final class Eventually {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int LOOK_MILLIS = 5;

  private Eventually() {}

  /// Returns once `condition` holds. Fails with `complaint` after two minutes.
  public static void holds(BooleanSupplier condition, Supplier<String> complaint)
      throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError(complaint.get());
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }
}
