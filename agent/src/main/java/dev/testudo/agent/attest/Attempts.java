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
/// CAS is asked at growing intervals, each agent at random times, so that many agents that start at
/// once do not keep it busy.
final class Attempts {
  /// How long CAS may stay busy.
  private static final Duration BUSY = Duration.ofMinutes(3);

  private static final Duration FIRST = Duration.ofMillis(250);

  /// The longest pause while CAS cannot be reached, which delays the start when it can.
  private static final Duration LONGEST_ABSENT = Duration.ofSeconds(4);

  private static final Duration LONGEST = Duration.ofSeconds(16);

  /// Waits; tests have another implementation.
  interface Pause {
    /// Waits for `time`.
    void take(Duration time) throws InterruptedException;
  }

  private final CasAddress cas;
  private final CasPatience patience;
  private final LongSupplier nanoTime;
  private final Pause pause;
  private final long began;
  private Duration next = FIRST;
  private int failed;

  Attempts(CasAddress cas, CasPatience patience) {
    this(cas, patience, System::nanoTime, Thread::sleep);
  }

  /// @param nanoTime a clock like [System#nanoTime()]
  Attempts(CasAddress cas, CasPatience patience, LongSupplier nanoTime, Pause pause) {
    this.cas = cas;
    this.patience = patience;
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
    failed++;
    var said = String.valueOf(failure.getMessage());
    if (failure instanceof CasException answer) {
      awaitIdle(answer);
    } else if (!mayPass(failure)) {
      throw AgentFailure.environment("attest to " + cas, failure);
    } else if (elapsed().compareTo(patience.limit()) < 0) {
      patience.told().accept(CasPatience.Obstacle.UNREACHABLE, said);
      pause(LONGEST_ABSENT);
    } else {
      throw givenUp("did not answer", said);
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
    var said = answer.problem().text().replace("\n", "; ");
    if (!answer.isBusy()) {
      throw AgentFailure.environment("attest to " + cas, new IOException("CAS failed: " + said));
    }
    if (elapsed().compareTo(BUSY) >= 0) {
      throw givenUp("was busy", said);
    }
    patience.told().accept(CasPatience.Obstacle.BUSY, said);
    pause(LONGEST);
  }

  private AgentFailure givenUp(String what, String why) {
    return AgentFailure.environment(
        "attest to " + cas,
        new IOException(
            "CAS %s %d times within %d s: %s".formatted(what, failed, elapsed().toSeconds(), why)));
  }

  private void pause(Duration longest) throws InterruptedException {
    var half = next.toMillis() / 2;
    pause.take(Duration.ofMillis(half + ThreadLocalRandom.current().nextLong(half + 1)));
    next = next.multipliedBy(2).compareTo(longest) > 0 ? longest : next.multipliedBy(2);
  }
}
