package dev.testudo.image.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Carries out tasks, a few at a time. The first that fails interrupts the others.
final class ParallelTasks {
  /// How long tasks that are interrupted have to end, for example to cancel an upload.
  private static final long END_SECONDS = 10;

  private ParallelTasks() {}

  /// A task that the interruption of its thread ends.
  @FunctionalInterface
  interface Task {
    void run() throws IOException;
  }

  /// Carries out all tasks.
  ///
  /// @param threads how many at a time
  /// @throws IOException the failure of the first task that fails
  /// @throws InterruptedIOException if this thread is interrupted; no task runs any more then
  static void run(int threads, Collection<Task> tasks) throws IOException {
    var pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("transfer-", 1).factory());
    try {
      var running = new ExecutorCompletionService<Boolean>(pool);
      for (var task : tasks) {
        running.submit(
            () -> {
              task.run();
              return true;
            });
      }
      for (var count = 0; count < tasks.size(); count++) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      throw failure(Objects.requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      end(pool);
    }
  }

  private static IOException failure(Throwable cause) {
    return switch (cause) {
      case IOException failed -> failed;
      case RuntimeException bug -> throw bug;
      case Error bug -> throw bug;
      default -> throw new AssertionError(cause);
    };
  }

  private static void end(ExecutorService pool) {
    pool.shutdownNow();
    var interrupted = Thread.interrupted();
    try {
      var _ = pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
