package dev.testudo.cas.http;

import dev.testudo.cas.refusal.RefusalId;
import java.time.Duration;

/// Gives refusals of attestation a minimum duration, so that their timing does not reveal how far
/// the check got. Waiting occupies no worker.
final class SteadyRefusal {
  private static final Duration LEAST = Duration.ofMillis(50);

  private SteadyRefusal() {}

  /// Waits until a refusal may be answered.
  ///
  /// @param began the arrival of the request, as [System#nanoTime] counts
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
