package dev.testudo.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Handles Ctrl-C, SIGTERM and SIGHUP for a command that needs time to stop in order. The JVM
/// then exits only when this object is closed, when `limit` is over, or when the user asks
/// again. Close it last.
final class StopSignals implements AutoCloseable {
  private final CompletableFuture<Void> asked = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Duration limit;
  private final Consumer<Runnable> insistence;
  private final Runnable endNow;
  private final Thread hook = Thread.ofPlatform().name("stop").unstarted(this::ask);

  private StopSignals(Duration limit, Consumer<Runnable> insistence, Runnable endNow) {
    this.limit = limit;
    this.insistence = insistence;
    this.endNow = endNow;
  }

  /// Starts to listen.
  ///
  /// @param limit the longest time for an orderly stop
  /// @param insistence see [CliContext#insistence()]
  /// @param endNow kills what the command has started; called from its own thread when the
  ///     user asks again
  static StopSignals listen(Duration limit, Consumer<Runnable> insistence, Runnable endNow) {
    var signals = new StopSignals(limit, insistence, endNow);
    Runtime.getRuntime().addShutdownHook(signals.hook);
    return signals;
  }

  /// Calls `stop` when the user asks to stop, or at once if that has already happened.
  void tell(Runnable stop) {
    var _ = asked.thenRun(stop);
  }

  /// Interrupts this thread when the user asks to stop, and says so at once: stopping takes time.
  void interruptThisThread(PrintStream err) {
    var thread = Thread.currentThread();
    tell(
        () -> {
          err.println("testudo: stopping");
          thread.interrupt();
        });
  }

  private void ask() {
    asked.complete(null);
    insistence.accept(this::endAtOnce);
    try {
      var _ = closed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endAtOnce() {
    try {
      endNow.run();
    } finally {
      closed.countDown();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is already shutting down because of a signal, and no longer waits for this object.
    }
  }
}
