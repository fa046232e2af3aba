package dev.testudo.agent.program;

import dev.testudo.agent.report.Reporter;
import dev.testudo.shield.Shield;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Handles SIGTERM: refuses new protected connections, and lets the program and the running
/// connections end. It ends whatever remains after the time limit, or at once if it is told to
/// stop again.
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

  /// Must be created by the thread that waits for the program.
  public Draining(Duration limit, Shield shield, ProgramSignals signals, Reporter reporter) {
    this.limit = limit;
    this.shield = shield;
    this.signals = signals;
    this.reporter = reporter;
  }

  /// Starts to drain. A second call has no effect.
  public void begin() {
    if (begun.compareAndSet(NOT_BEGUN, System.nanoTime())) {
      shield.refuseNew();
      Thread.ofPlatform().daemon().name("drain").start(this::end);
    }
  }

  /// Ends the program at once, or its last connections if it has ended already. Called on a second
  /// request to stop. The processes that it left behind are ended, too.
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

  /// Returns whether a second request to stop has arrived.
  public synchronized boolean isInsisted() {
    return isInsisted;
  }

  /// Records that the program has ended.
  ///
  /// @return how much of the time limit is left for its connections; empty if draining has
  ///     not begun
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
      // Nothing interrupts this thread.
    }
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
