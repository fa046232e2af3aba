package dev.testudo.cas.issue;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A queue in which everybody who waits has a turn before anybody has a second one. All strangers
/// together have one turn in each round, which they share in the same way. Not for several threads.
///
/// @param <T> what is waited for
final class FairTurns<T> {
  /// Most things that one name, all strangers, and everybody together may wait for.
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

    /// The first thing of whoever is first, who then is last.
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

  /// Turns of owners until strangers have theirs.
  private int ownersTurns;

  /// Queues all of `things`, or none if there would be too many.
  ///
  /// @return whether they are queued
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

  /// What comes next; nothing if nobody waits.
  @Nullable T next() {
    if (owners.size == 0 || (ownersTurns <= 0 && strangers.size > 0)) {
      ownersTurns = Math.max(1, owners.queues.size());
      return strangers.size > 0 ? strangers.next() : null;
    }
    ownersTurns--;
    return owners.next();
  }
}
