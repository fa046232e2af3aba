package dev.testudo.agent.program;

import dev.testudo.agent.report.Reporter;
import dev.testudo.shield.Shield;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// What SIGTERM means: no new protected connection, and the program and the running connections
/// come to their ends; what has not ended in time is ended, or as soon as somebody insists.
public final class Draining {
  private static final long NOT_BEGUN = Long.MIN_VALUE;

  private final Duration limit;
  private final Shield shield;
  private final ProgramSignals signals;
  private final Reporter reporter;
  private final AtomicLong begun = new AtomicLong(NOT_BEGUN);
  private final Thread main = Thread.currentThread();
  private boolean isOver;
  private boolean isInsisted;

  /// Made by the thread that waits for the program.
  public Draining(Duration limit, Shield shield, ProgramSignals signals, Reporter reporter) {
    this.limit = limit;
    this.shield = shield;
    this.signals = signals;
    this.reporter = reporter;
  }

  /// Begins; a second time changes nothing.
  public void begin() {
    if (begun.compareAndSet(NOT_BEGUN, System.nanoTime())) {
      shield.refuseNew();
      Thread.ofPlatform().daemon().name("drain").start(this::end);
    }
  }

  /// Ends the program at once, or its last connections when it has ended; for whoever tells us to
  /// stop a second time. Of what it has left behind nothing stays either.
  public synchronized void endNow() {
    if (!isInsisted) {
      isInsisted = true;
      reporter.say("told to stop again: the program and its connections are ended");
    }
    if (isOver) {
      main.interrupt();
    } else {
      signals.deliver(ProgramSignals.SIGKILL);
    }
  }

  /// Whether somebody told us to stop a second time.
  public synchronized boolean isInsisted() {
    return isInsisted;
  }

  /// Takes note that the program has ended.
  ///
  /// @return how much of the limit is left for its connections; empty when draining has not begun
  public synchronized Optional<Duration> programEnded() {
    isOver = true;
    if (isInsisted) {
      return Optional.of(Duration.ZERO);
    }
    var since = begun.get();
    if (since == NOT_BEGUN) {
      return Optional.empty();
    }
    var left = limit.minusNanos(System.nanoTime() - since);
    return Optional.of(left.isNegative() ? Duration.ZERO : left);
  }

  private void end() {
    try {
      Thread.sleep(limit);
      synchronized (this) {
        if (!isOver && !isInsisted) {
          reporter.say(
              "the program has not ended %s after SIGTERM: it and its connections are ended"
                  .formatted(text(limit)));
          signals.deliver(ProgramSignals.SIGKILL);
        }
      }
    } catch (InterruptedException _) {
      // nobody interrupts this thread
    }
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
