package dev.testudo.cas.http;

import dev.testudo.cas.refusal.RefusalId;
import java.time.Duration;

/// Makes refusals of attestation take at least as long as each other, so that the time does not
/// tell how far the request got. Whoever waits keeps no worker.
final class SteadyRefusal {
  private static final Duration LEAST = Duration.ofMillis(50);

  private SteadyRefusal() {}

  /// Waits until a refusal may be answered.
  ///
  /// @param began when the request came, as [System#nanoTime] counts
  static void await(RefusalId id, long began) {
    var left = LEAST.toNanos() - (System.nanoTime() - began);
    if (id == RefusalId.ATTESTATION_REFUSED && left > 0) {
      try {
        Thread.sleep(Duration.ofNanos(left));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
