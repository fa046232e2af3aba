package dev.testudo.agent.attest.source;

import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.CredentialChallenge;
import dev.testudo.trust.channel.CredentialRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

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

  /// A request to a source.
  private interface Request<T> {
    /// Makes it.
    T make() throws IOException, InterruptedException;
  }

  /// Requests evidence that is bound to `data`.
  ///
  /// @throws IOException if the source does not work, stays busy or does not answer, in one line
  public static Evidence make(HardwareSource source, ReportData data)
      throws IOException, InterruptedException {
    return make(source, data, Thread::sleep);
  }

  /// Asks for the keys with which CAS challenges a source.
  ///
  /// @throws IOException as [#make(HardwareSource, ReportData)]
  public static Optional<CredentialRequest> keys(HardwareSource source)
      throws IOException, InterruptedException {
    return within(source, source::keys, Thread::sleep, LIMIT);
  }

  /// As [#make(HardwareSource, ReportData)], with the answer to a challenge.
  public static Evidence make(HardwareSource source, ReportData data, CredentialChallenge challenge)
      throws IOException, InterruptedException {
    return within(source, () -> source.request(data, challenge), Thread::sleep, LIMIT);
  }

  static Evidence make(HardwareSource source, ReportData data, Pause pause)
      throws IOException, InterruptedException {
    return make(source, data, pause, LIMIT);
  }

  static Evidence make(HardwareSource source, ReportData data, Pause pause, Duration limit)
      throws IOException, InterruptedException {
    return within(source, () -> source.request(data), pause, limit);
  }

  private static <T> T within(
      HardwareSource source, Request<T> request, Pause pause, Duration limit)
      throws IOException, InterruptedException {
    return KernelCalls.within(limit, source.name(), () -> repeated(source, request, pause));
  }

  private static <T> T repeated(HardwareSource source, Request<T> request, Pause pause)
      throws IOException, InterruptedException {
    var next = source.pause();
    for (var attempt = 1; ; attempt++) {
      try {
        return request.make();
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
