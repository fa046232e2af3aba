package dev.testudo.shield.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/// The callbacks of an epoll instance, by the key that the kernel reports. A key is never reused,
/// so an event that was pending when its descriptor closed reaches no callback.
final class Watches {
  private static final class Slot {
    int generation;
    Optional<IntConsumer> ready = Optional.empty();
  }

  private final List<Slot> slots = new ArrayList<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();

  /// Stores `ready` and returns its key.
  long add(IntConsumer ready) {
    if (free.isEmpty()) {
      free.push(slots.size());
      slots.add(new Slot());
    }
    int index = free.pop();
    var slot = slots.get(index);
    slot.ready = Optional.of(ready);
    return ((long) slot.generation << 32) | index;
  }

  /// Returns the callback stored under `key`, unless it was removed.
  Optional<IntConsumer> find(long key) {
    var slot = slots.get((int) key);
    return slot.generation == (int) (key >>> 32) ? slot.ready : Optional.empty();
  }

  /// Removes `key`. Returns false if it was removed before.
  boolean remove(long key) {
    var slot = slots.get((int) key);
    if (slot.generation != (int) (key >>> 32) || slot.ready.isEmpty()) {
      return false;
    }
    slot.generation++;
    slot.ready = Optional.empty();
    free.push((int) key);
    return true;
  }
}
