package dev.testudo.agent.attest.source;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/// Requests evidence: one request at a time in this process, and few repetitions. Together they
/// take less time than a nonce is valid (60 s). Nothing is kept.
public final class Requests {
  private static final int MOST_ATTEMPTS = 4;

  /// Held while a source works. Quotes are slow, and the machine makes one at a time anyway.
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  /// Waits; tests have another implementation.
  interface Pause {
    /// Waits for `time`.
    void take(Duration time) throws InterruptedException;
  }

  private Requests() {}

  /// Requests evidence that is bound to `data`.
  ///
  /// @throws IOException if the source does not work or stays busy, in one line
  public static Evidence make(HardwareSource source, ReportData data)
      throws IOException, InterruptedException {
    return make(source, data, Thread::sleep);
  }

  static Evidence make(HardwareSource source, ReportData data, Pause pause)
      throws IOException, InterruptedException {
    ONE_AT_A_TIME.lockInterruptibly();
    try {
      return repeated(source, data, pause);
    } finally {
      ONE_AT_A_TIME.unlock();
    }
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
