package dev.testudo.shield.relay;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Places for connections or handshakes: a limit with a way to hear that there is room again, or
/// that all places are free.
/// Safe for several threads.
final class Capacity {
  private final int limit;
  private final AtomicInteger free;
  private final Object idle = new Object();

  /// One entry per listener that waits for room.
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  Capacity(int limit) {
    this.limit = limit;
    free = new AtomicInteger(limit);
  }

  /// Takes a place; false when there is none.
  boolean take() {
    return take(1);
  }

  /// Takes so many places, or none and returns false.
  boolean take(int places) {
    return free.getAndUpdate(n -> n < places ? n : n - places) >= places;
  }

  /// Takes a place, or has `whenFree` called once when it is worth trying again.
  boolean takeOr(Runnable whenFree) {
    if (take()) {
      return true;
    }
    waiting.add(whenFree);
    // A place may have been given back in between, by someone who saw nobody waiting.
    boolean taken = take();
    if (taken) {
      waiting.remove(whenFree);
    }
    return taken;
  }

  /// Waits until all places are free; false when `limit` was over before.
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
