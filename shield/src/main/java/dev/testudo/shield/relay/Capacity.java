package dev.testudo.shield.relay;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Places for connections or handshakes: a limit with a way to hear that there is room again.
/// Safe for several threads.
final class Capacity {
  private final AtomicInteger free;

  /// One entry per listener that waits for room.
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  Capacity(int limit) {
    free = new AtomicInteger(limit);
  }

  /// Takes a place; false when there is none.
  boolean take() {
    return free.getAndUpdate(n -> Math.max(n - 1, 0)) > 0;
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

  /// Gives a place back.
  void give() {
    free.incrementAndGet();
    for (var next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
  }
}
