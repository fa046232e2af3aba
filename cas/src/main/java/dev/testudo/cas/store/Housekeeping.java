package dev.testudo.cas.store;

/// A thread that does something once a second until it is closed.
final class Housekeeping implements AutoCloseable {
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
        chore.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits until a chore that is under way is done.
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
