package dev.testudo.shield.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What is registered with an epoll instance, found by the key the kernel reports. A key is never
/// used twice, so that an event that was already waiting when its descriptor closed reaches
/// nobody.
final class Handlers {
  private static final class Slot {
    int generation;
    Optional<EventLoop.Handler> handler = Optional.empty();
  }

  private final List<Slot> slots = new ArrayList<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();

  /// Stores `handler` and returns its key.
  long add(EventLoop.Handler handler) {
    if (free.isEmpty()) {
      free.push(slots.size());
      slots.add(new Slot());
    }
    int index = free.pop();
    var slot = slots.get(index);
    slot.handler = Optional.of(handler);
    return ((long) slot.generation << 32) | index;
  }

  /// The handler of `key`, unless it was removed.
  Optional<EventLoop.Handler> find(long key) {
    var slot = slots.get((int) key);
    return slot.generation == (int) (key >>> 32) ? slot.handler : Optional.empty();
  }

  /// Forgets `key`.
  void remove(long key) {
    var slot = slots.get((int) key);
    if (slot.generation == (int) (key >>> 32) && slot.handler.isPresent()) {
      slot.generation++;
      slot.handler = Optional.empty();
      free.push((int) key);
    }
  }

  /// Shows every handler to `action`, which may remove it.
  void forEach(Consumer<EventLoop.Handler> action) {
    slots.stream().flatMap(slot -> slot.handler.stream()).toList().forEach(action);
  }
}
