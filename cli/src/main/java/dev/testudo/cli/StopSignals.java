package dev.testudo.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Ctrl-C, SIGTERM and SIGHUP, for a command that has to end in order: the JVM ends only once this
/// is closed, or when `limit` is over, or when the user insists. Close it last.
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

  /// Begins to listen.
  ///
  /// @param limit how long an end in order may take
  /// @param insistence see [CliContext#insistence()]
  /// @param endNow ends what the command has started, at once; called when the user insists, from a
  ///     thread of its own
  static StopSignals listen(Duration limit, Consumer<Runnable> insistence, Runnable endNow) {
    var signals = new StopSignals(limit, insistence, endNow);
    Runtime.getRuntime().addShutdownHook(signals.hook);
    return signals;
  }

  /// Calls `stop` when the user wants an end; at once if that was before.
  void tell(Runnable stop) {
    var _ = asked.thenRun(stop);
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
      // A signal is ending the JVM already; nothing waits for us any more.
    }
  }
}
