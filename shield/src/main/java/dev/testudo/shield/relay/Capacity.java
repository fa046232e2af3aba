package dev.testudo.shield.relay;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A limited number of places for connections or handshakes. A caller can wait for a free place, or
/// until all places are free. Safe for use by multiple threads.
final class Capacity {
  private final int limit;
  private final AtomicInteger free;
  private final Object idle = new Object();

  /// One entry per listener that waits for a place.
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  Capacity(int limit) {
    this.limit = limit;
    free = new AtomicInteger(limit);
  }

  /// Takes a place. Returns false if none is free.
  boolean take() {
    return take(1);
  }

  /// Takes `places` places, or returns false and takes none.
  boolean take(int places) {
    return free.getAndUpdate(n -> n < places ? n : n - places) >= places;
  }

  /// Takes a place. Returns false if none is free; `whenFree` is then called once when another
  /// attempt may succeed.
  boolean takeOr(Runnable whenFree) {
    if (take()) {
      return true;
    }
    waiting.add(whenFree);
    // A place may have been given back in between, before `whenFree` was added.
    boolean taken = take();
    if (taken) {
      waiting.remove(whenFree);
    }
    return taken;
  }

  /// Waits until all places are free. Returns false if that takes longer than `limit`.
  boolean awaitIdle(Duration limit) throws InterruptedException {
    long until = System.nanoTime() + limit.toNanos();
    synchronized (idle) {
      while (free.get() < this.limit) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(idle, left);
      }
      return true;
    }
  }

  /// Gives a place back.
  void give() {
    give(1);
  }

  void give(int places) {
    if (free.addAndGet(places) == limit) {
      synchronized (idle) {
        idle.notifyAll();
      }
    }
    for (var next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
  }
}
