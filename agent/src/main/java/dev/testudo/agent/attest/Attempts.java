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
  /// How long CAS may stay busy, after its first answer that it is.
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
  private int unanswered;
  private int busy;
  private long busySince;

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

  /// Returns the time since `start`. It includes the attempts themselves: one can take a minute, if
  /// CAS accepts the connection and does not answer.
  private Duration elapsed(long start) {
    return Duration.ofNanos(nanoTime.getAsLong() - start);
  }

  /// Waits until the next attempt is due.
  ///
  /// @param failure how the last attempt failed
  /// @throws AgentFailure if another attempt is pointless
  void awaitNext(IOException failure) throws AgentFailure, InterruptedException {
    if (failure instanceof CasException answer) {
      awaitIdle(answer);
    } else if (mayPass(failure)) {
      awaitAnswer(String.valueOf(failure.getMessage()));
    } else {
      throw AgentFailure.environment("attest to " + cas, failure);
    }
  }

  private void awaitAnswer(String said) throws AgentFailure, InterruptedException {
    unanswered++;
    var elapsed = elapsed(began);
    if (elapsed.compareTo(patience.limit()) >= 0) {
      throw givenUp("did not answer", unanswered, elapsed, said);
    }
    patience.told().accept(CasPatience.Obstacle.UNREACHABLE, said);
    pause(LONGEST_ABSENT);
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
    if (busy++ == 0) {
      busySince = nanoTime.getAsLong();
    }
    var elapsed = elapsed(busySince);
    if (elapsed.compareTo(BUSY) >= 0) {
      throw givenUp("was busy", busy, elapsed, said);
    }
    patience.told().accept(CasPatience.Obstacle.BUSY, said);
    pause(LONGEST);
  }

  private AgentFailure givenUp(String what, int times, Duration elapsed, String why) {
    return AgentFailure.environment(
        "attest to " + cas,
        new IOException(
            "CAS %s %d times within %d s: %s".formatted(what, times, elapsed.toSeconds(), why)));
  }

  private void pause(Duration longest) throws InterruptedException {
    var half = next.toMillis() / 2;
    pause.take(Duration.ofMillis(half + ThreadLocalRandom.current().nextLong(half + 1)));
    next = next.multipliedBy(2).compareTo(longest) > 0 ? longest : next.multipliedBy(2);
  }
}
