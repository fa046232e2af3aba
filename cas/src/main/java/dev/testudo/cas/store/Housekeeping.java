package dev.testudo.cas.store;

import java.lang.System.Logger.Level;

/// A thread that runs a task once a second until it is closed, even if the task fails.
final class Housekeeping implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());
  private static final long EVERY = 1000;
  private final Thread thread;

  private Housekeeping(Thread thread) {
    this.thread = thread;
  }

  static Housekeeping start(Runnable chore) {
    return new Housekeeping(
        Thread.ofPlatform().name("cas-store").daemon().start(() -> repeat(chore)));
  }

  private static void repeat(Runnable chore) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(EVERY);
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

  /// Stops the thread and waits for a running task.
  @Override
  public void close() {
    thread.interrupt();
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
