package dev.testudo.agent.report;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A bounded queue with a thread that writes its entries, for callers that must not block, such as
/// the threads that serve a program. If the queue is full, an entry is counted and dropped.
///
/// @param <T> the type of the entries
final class BoundedWriter<T> implements AutoCloseable {
  private static final Duration FLUSH = Duration.ofSeconds(2);

  /// Writes the entries. Called on the writer's thread; may block.
  interface Destination<T> {
    void write(T entry) throws IOException;

    /// Called when entries were dropped.
    void dropped(long entries);

    /// Called when nothing more will be written.
    void failed(IOException failure);
  }

  private final Destination<T> destination;

  /// An empty entry ends the thread.
  private final BlockingQueue<Optional<T>> queue;

  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;

  /// @param name the name of the thread
  /// @param capacity how many entries may wait
  BoundedWriter(String name, int capacity, Destination<T> destination) {
    this.destination = destination;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::write);
  }

  /// Queues an entry. Never blocks.
  ///
  /// @return false if nothing is written any more
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
      // Only the end of the JVM interrupts this thread.
    }
  }

  /// Writes what is queued, for at most two seconds. Works on an interrupted thread, too.
  @Override
  public void close() {
    var interrupted = Thread.interrupted();
    var end = System.nanoTime() + FLUSH.toNanos();
    try {
      if (thread.isAlive()
          && queue.offer(Optional.empty(), FLUSH.toNanos(), TimeUnit.NANOSECONDS)) {
        thread.join(Duration.ofNanos(end - System.nanoTime()));
      }
    } catch (InterruptedException _) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
