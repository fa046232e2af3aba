package dev.testudo.cas.store;

import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A thread that runs a task once a second until it is closed, even if the task fails.
final class Housekeeping implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());
  private static final long EVERY = 1000;
  private final Thread thread;
  private final CountDownLatch closed;

  private Housekeeping(Thread thread, CountDownLatch closed) {
    this.thread = thread;
    this.closed = closed;
  }

  static Housekeeping start(Runnable chore) {
    var closed = new CountDownLatch(1);
    return new Housekeeping(
        Thread.ofPlatform().name("cas-store").daemon().start(() -> repeat(chore, closed)), closed);
  }

  private static void repeat(Runnable chore, CountDownLatch closed) {
    try {
      while (!closed.await(EVERY, TimeUnit.MILLISECONDS)) {
        attempt(chore);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void attempt(Runnable chore) {
    try {
      chore.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "bug in Testudo; the task runs again in a second", e);
    }
  }

  /// Stops the thread and waits for a running task. Does not interrupt it, which would close the
  /// files that it writes.
  @Override
  public void close() {
    closed.countDown();
    var interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
