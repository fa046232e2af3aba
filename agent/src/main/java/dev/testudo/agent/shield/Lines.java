package dev.testudo.agent.shield;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Lines for a person on standard error, from threads that must not wait for whoever reads them.
/// What a slow reader makes too much is dropped and counted.
final class Lines implements AutoCloseable {
  private static final int QUEUE = 1024;
  private static final Duration FLUSH = Duration.ofSeconds(2);

  private final PrintStream err;
  private final String prefix;

  /// An empty entry ends the writing.
  private final BlockingQueue<Optional<String>> queue = new ArrayBlockingQueue<>(QUEUE);

  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;

  Lines(String command, PrintStream err) {
    this.err = err;
    this.prefix = "testudo " + command + ": ";
    this.writer = Thread.ofPlatform().daemon().name("lines").start(this::write);
  }

  /// One line, or several that belong together. Never waits.
  void say(String text) {
    if (!queue.offer(Optional.of(text))) {
      dropped.incrementAndGet();
    }
  }

  private void write() {
    try {
      for (var next = queue.take(); next.isPresent(); next = queue.take()) {
        err.println(prefix + next.get());
        var lost = dropped.getAndSet(0);
        if (lost > 0) {
          err.println(prefix + lost + " lines were dropped: their reader is too slow");
        }
      }
    } catch (InterruptedException _) {
      // nobody interrupts this thread
    }
  }

  /// Writes what is queued, for two seconds at most.
  @Override
  public void close() {
    try {
      if (queue.offer(Optional.empty())) {
        writer.join(FLUSH);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
