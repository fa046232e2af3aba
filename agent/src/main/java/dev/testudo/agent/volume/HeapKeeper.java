package dev.testudo.agent.volume;

import java.time.Duration;

/// Keeps the heap of an agent with volumes small.
///
/// Much of what a volume holds lives for seconds: nodes in a cache, chunks that wait for their
/// slots, slots that wait for CAS. The collector takes such objects for old ones, and enlarges the
/// heap up to its limit before it collects these for the first time. So the agent asks for a
/// collection when the heap has grown by some size. Its pause is about as long as that of a slow
/// disk.
final class HeapKeeper implements AutoCloseable {
  /// The heap may grow by that much.
  static final long GROWTH = 48 << 20;

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Heap heap;
  private final Thread thread;
  private long kept;

  /// The heap of a process.
  interface Heap {
    /// Returns how many bytes are in use, with what nobody needs any more.
    long used();

    /// Frees what nobody needs any more.
    void collect();
  }

  /// The heap of this process.
  private static final class Own implements Heap {
    @Override
    public long used() {
      return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Override
    public void collect() {
      System.gc();
    }
  }

  HeapKeeper(Heap heap) {
    this.heap = heap;
    this.kept = heap.used();
    this.thread = Thread.ofPlatform().daemon().name("volume-heap").unstarted(this::run);
  }

  /// Starts to watch the heap of this process.
  static HeapKeeper start() {
    var keeper = new HeapKeeper(new Own());
    keeper.thread.start();
    return keeper;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        look();
      }
    } catch (InterruptedException _) {
      // The volumes have ended.
    }
  }

  /// Collects if the heap has grown since the last collection.
  void look() {
    if (heap.used() > kept + GROWTH) {
      heap.collect();
      kept = heap.used();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
