package dev.testudo.agent.report;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/// A queue and the thread that writes what is in it, for callers that must not wait: the threads
/// that serve a program. What finds the queue full is counted and dropped.
///
/// @param <T> what is written
final class BoundedWriter<T> implements AutoCloseable {
  private static final Duration FLUSH = Duration.ofSeconds(2);

  /// Where it is written. Called on the thread of the writer, and may wait.
  interface Destination<T> {
    void write(T entry) throws IOException;

    /// Some entries were dropped.
    void dropped(long entries);

    /// Nothing is written any more.
    void failed(IOException failure);
  }

  private final Destination<T> destination;

  /// An empty entry ends the writing.
  private final BlockingQueue<Optional<T>> queue;

  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;

  /// @param name of the thread
  /// @param capacity how many entries may wait
  BoundedWriter(String name, int capacity, Destination<T> destination) {
    this.destination = destination;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::write);
  }

  /// Takes an entry to write. Never waits.
  ///
  /// @return false when nothing is written any more
  boolean offer(T entry) {
    if (!thread.isAlive()) {
      return false;
    }
    if (!queue.offer(Optional.of(entry))) {
      dropped.incrementAndGet();
    }
    return true;
  }

  private void write() {
    try {
      for (var next = queue.take(); next.isPresent(); next = queue.take()) {
        destination.write(next.get());
        var lost = dropped.getAndSet(0);
        if (lost > 0) {
          destination.dropped(lost);
        }
      }
    } catch (IOException e) {
      destination.failed(e);
    } catch (InterruptedException _) {
      // nobody interrupts this thread but the JVM's end
    }
  }

  /// Writes what is queued, for two seconds at most; also for a thread that has been interrupted.
  @Override
  public void close() {
    var interrupted = Thread.interrupted();
    try {
      if (queue.offer(Optional.empty())) {
        thread.join(FLUSH);
      }
    } catch (InterruptedException _) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
