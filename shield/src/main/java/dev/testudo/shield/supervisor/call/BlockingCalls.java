package dev.testudo.shield.supervisor.call;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Threads for the few calls that the kernel only makes by waiting: a connect to a stranger, or to
/// a Unix socket, on a descriptor in blocking mode. That mode is shared with the program, so we
/// cannot switch it off for ourselves. Platform threads, because a waiting native call would pin
/// the carrier of a virtual one.
public final class BlockingCalls implements AutoCloseable {
  private static final int MAX_THREADS = 128;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          MAX_THREADS,
          5,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("shield-blocking-", 0).factory());

  /// Starts `call` on a thread of its own. `EAGAIN` when too many wait already.
  public void start(Runnable call) throws ErrnoException {
    try {
      threads.execute(call);
    } catch (RejectedExecutionException e) {
      throw new ErrnoException("blocking connect", Errno.EAGAIN);
    }
  }

  /// Takes no more calls. Those under way end with their sockets.
  @Override
  public void close() {
    threads.shutdown();
  }
}
