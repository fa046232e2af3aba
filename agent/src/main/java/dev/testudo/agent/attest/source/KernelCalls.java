package dev.testudo.agent.attest.source;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/// Calls of the kernel, of devices and of what answers behind them. Each may wait for ever: the
/// host makes quotes when it wants to, and read(2) cannot be interrupted. So a call has a thread of
/// its own and a limit, and one call at a time is made: quotes are slow, and the machine makes them
/// one after another.
final class KernelCalls {
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  /// How long a call that was given up has to return before the next one.
  private static final Duration GRACE = Duration.ofSeconds(1);

  /// The thread of the last call that was given up, if there was one. It may wait still.
  private static final AtomicReference<Optional<Thread>> GIVEN_UP =
      new AtomicReference<>(Optional.empty());

  private KernelCalls() {}

  /// Makes a call.
  ///
  /// @param limit how long it may take
  /// @throws IOException if the call fails, takes longer, or an earlier one has not returned yet
  static <T> T within(Duration limit, SourceName name, Callable<T> call)
      throws IOException, InterruptedException {
    ONE_AT_A_TIME.lockInterruptibly();
    try {
      var earlier = GIVEN_UP.get();
      if (earlier.isPresent() && !earlier.get().join(GRACE)) {
        throw new IOException("an earlier request has no answer yet; nothing more is requested");
      }
      GIVEN_UP.set(Optional.empty());
      return awaited(limit, name, new FutureTask<>(call));
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private static <T> T awaited(Duration limit, SourceName name, FutureTask<T> task)
      throws IOException, InterruptedException {
    var thread = Thread.ofPlatform().daemon().name("evidence").start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "`%s` gave no answer within %d s".formatted(name, limit.toSeconds()), e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case InterruptedException interrupted -> throw interrupted;
        case RuntimeException bug -> throw bug;
        case Error bug -> throw bug;
        case null, default -> throw new IllegalStateException(e);
      }
    } finally {
      if (task.cancel(true)) {
        GIVEN_UP.set(Optional.of(thread));
      }
    }
  }
}
