package dev.testudo.shield.supervisor.call;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Threads for the few calls that block in the kernel: a plain connect to another machine or to a
/// Unix socket, on a descriptor in blocking mode. The program shares that mode, so the shield
/// cannot change it. They are platform threads, because a blocking native call would pin the
/// carrier of a virtual one.
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

  /// Runs `call` on a thread of its own.
  ///
  /// @throws ErrnoException `EAGAIN` if too many calls are waiting already
  public void start(Runnable call) throws ErrnoException {
    try {
      threads.execute(call);
    } catch (RejectedExecutionException e) {
      throw new ErrnoException("blocking connect", Errno.EAGAIN);
    }
  }

  /// Accepts no more calls. Those in progress end with their sockets.
  @Override
  public void close() {
    threads.shutdown();
  }
}
