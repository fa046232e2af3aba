package dev.testudo.cas.issue;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A queue that serves its customers in turns: everybody who waits is served once before anybody
/// is served again. All strangers together have one turn per round, which they share in the same
/// way. Not thread-safe.
///
/// @param <T> the type of the orders
final class FairTurns<T> {
  /// The most orders that may wait: of one name, of all strangers, and in all.
  static final int OF_ONE = 128;

  static final int OF_STRANGERS = 256;
  static final int IN_ALL = 1024;

  private static final class Ring<T> {
    private final Map<String, Deque<T>> queues = new LinkedHashMap<>();
    private int size;

    void add(String name, Collection<T> things) {
      queues.computeIfAbsent(name, _ -> new ArrayDeque<>()).addAll(things);
      size += things.size();
    }

    int of(String name) {
      var queue = queues.get(name);
      return queue == null ? 0 : queue.size();
    }

    /// Returns the first order of the first customer and moves that customer to the end.
    @Nullable T next() {
      var entries = queues.entrySet().iterator();
      if (!entries.hasNext()) {
        return null;
      }
      var first = entries.next();
      entries.remove();
      var thing = first.getValue().poll();
      if (!first.getValue().isEmpty()) {
        queues.put(first.getKey(), first.getValue());
      }
      size--;
      return thing;
    }
  }

  private final Ring<T> owners = new Ring<>();
  private final Ring<T> strangers = new Ring<>();

  /// The number of owners' turns until the next turn of strangers.
  private int ownersTurns;

  /// Queues all of `things`, or none if there would be too many.
  ///
  /// @return true if they were queued
  boolean add(String name, boolean stranger, Collection<T> things) {
    var ring = stranger ? strangers : owners;
    if (ring.of(name) + things.size() > OF_ONE
        || (stranger && ring.size + things.size() > OF_STRANGERS)
        || owners.size + strangers.size + things.size() > IN_ALL) {
      return false;
    }
    ring.add(name, things);
    return true;
  }

  boolean isEmpty() {
    return owners.size + strangers.size == 0;
  }

  /// Returns the next order, or null if none waits.
  @Nullable T next() {
    if (owners.size == 0 || (ownersTurns <= 0 && strangers.size > 0)) {
      ownersTurns = Math.max(1, owners.queues.size());
      return strangers.size > 0 ? strangers.next() : null;
    }
    ownersTurns--;
    return owners.next();
  }
}
