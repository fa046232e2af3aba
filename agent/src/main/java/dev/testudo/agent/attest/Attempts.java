package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/// Decides when to ask CAS again, and when to give up. A CAS that does not listen yet is starting.
/// A busy CAS is asked at growing intervals, each agent at random times, so that many agents that
/// start at once do not keep it busy.
final class Attempts {
  /// How long CAS may take to start.
  private static final Duration COMING_UP = Duration.ofSeconds(20);

  /// How long CAS may stay busy.
  private static final Duration BUSY = Duration.ofMinutes(3);

  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(16);

  /// Waits; tests have another implementation.
  interface Pause {
    /// Waits for `time`.
    void take(Duration time) throws InterruptedException;
  }

  private final CasAddress cas;
  private final LongSupplier nanoTime;
  private final Pause pause;
  private final long began;
  private Duration next = FIRST;
  private int busy;

  Attempts(CasAddress cas) {
    this(cas, System::nanoTime, Thread::sleep);
  }

  /// @param nanoTime a clock like [System#nanoTime()]
  Attempts(CasAddress cas, LongSupplier nanoTime, Pause pause) {
    this.cas = cas;
    this.nanoTime = nanoTime;
    this.pause = pause;
    this.began = nanoTime.getAsLong();
  }

  /// Returns the time since the first attempt. It includes the attempts themselves: one can take a
  /// minute, if CAS accepts the connection and does not answer.
  private Duration elapsed() {
    return Duration.ofNanos(nanoTime.getAsLong() - began);
  }

  /// Waits until the next attempt is due.
  ///
  /// @param failure how the last attempt failed
  /// @throws AgentFailure if another attempt is pointless
  void awaitNext(IOException failure) throws AgentFailure, InterruptedException {
    if (failure instanceof CasException answer) {
      awaitIdle(answer);
    } else if (mayPass(failure) && elapsed().compareTo(COMING_UP) < 0) {
      pause.take(FIRST);
    } else {
      throw AgentFailure.environment("attest to " + cas, failure);
    }
  }

  /// Returns whether the failure may be temporary: CAS does not listen yet, or its answer was lost.
  /// A wrong key or a malformed answer is permanent.
  private static boolean mayPass(IOException failure) {
    var passes = failure.getCause() != null;
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      passes &= !(cause instanceof CertificateException);
    }
    return passes;
  }

  private void awaitIdle(CasException answer) throws AgentFailure, InterruptedException {
    busy++;
    var said = answer.problem().text().replace("\n", "; ");
    if (!answer.isBusy()) {
      throw AgentFailure.environment("attest to " + cas, new IOException("CAS failed: " + said));
    }
    if (elapsed().compareTo(BUSY) >= 0) {
      throw AgentFailure.environment(
          "attest to " + cas,
          new IOException(
              "CAS was busy %d times within %d s: %s"
                  .formatted(busy, elapsed().toSeconds(), said)));
    }
    var half = next.toMillis() / 2;
    pause.take(Duration.ofMillis(half + ThreadLocalRandom.current().nextLong(half + 1)));
    next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
  }
}
