package dev.testudo.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and SIGTERM, for a command that has to end in order: the JVM ends only once this is
/// closed, or when `limit` is over. Close it last.
final class StopSignals implements AutoCloseable {
  private final CompletableFuture<Void> asked = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook;

  private StopSignals(Duration limit) {
    this.hook = Thread.ofPlatform().name("stop").unstarted(() -> ask(limit));
  }

  /// Begins to listen.
  static StopSignals listen(Duration limit) {
    var signals = new StopSignals(limit);
    Runtime.getRuntime().addShutdownHook(signals.hook);
    return signals;
  }

  /// Calls `stop` when the user wants an end; at once if that was before.
  void tell(Runnable stop) {
    var _ = asked.thenRun(stop);
  }

  private void ask(Duration limit) {
    asked.complete(null);
    try {
      var _ = closed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
