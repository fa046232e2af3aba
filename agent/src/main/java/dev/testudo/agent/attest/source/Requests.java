package dev.testudo.agent.attest.source;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.time.Duration;

/// Requests evidence: one request at a time in this process, and few repetitions. Together they
/// take less time than a nonce is valid (60 s). Nothing is kept.
public final class Requests {
  /// The most time for a request with its repetitions.
  private static final Duration LIMIT = Duration.ofSeconds(45);

  private static final int MOST_ATTEMPTS = 4;

  /// Waits; tests have another implementation.
  interface Pause {
    /// Waits for `time`.
    void take(Duration time) throws InterruptedException;
  }

  private Requests() {}

  /// Requests evidence that is bound to `data`.
  ///
  /// @throws IOException if the source does not work, stays busy or does not answer, in one line
  public static Evidence make(HardwareSource source, ReportData data)
      throws IOException, InterruptedException {
    return make(source, data, Thread::sleep);
  }

  static Evidence make(HardwareSource source, ReportData data, Pause pause)
      throws IOException, InterruptedException {
    return make(source, data, pause, LIMIT);
  }

  static Evidence make(HardwareSource source, ReportData data, Pause pause, Duration limit)
      throws IOException, InterruptedException {
    return KernelCalls.within(limit, source.name(), () -> repeated(source, data, pause));
  }

  private static Evidence repeated(HardwareSource source, ReportData data, Pause pause)
      throws IOException, InterruptedException {
    var next = source.pause();
    for (var attempt = 1; ; attempt++) {
      try {
        return source.request(data);
      } catch (BusySourceException e) {
        if (attempt == MOST_ATTEMPTS) {
          var text = "it was busy %d times; the last time: %s".formatted(attempt, e.getMessage());
          throw new IOException(text, e);
        }
        pause.take(next);
        next = next.multipliedBy(2);
      }
    }
  }
}
