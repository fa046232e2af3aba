package dev.testudo.shield.tls;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// One prepared value per rule's terms, keyed by the identity of the terms' object. Safe for use by
/// multiple threads.
final class PerTerms<V> {
  private final Map<Object, V> values = Collections.synchronizedMap(new IdentityHashMap<>());

  /// Returns the value for `terms`, creating it on first use.
  V of(Object terms, Supplier<V> make) {
    return values.computeIfAbsent(terms, _ -> make.get());
  }

  /// Removes the values of all other terms.
  void retain(Collection<?> terms) {
    var kept = Collections.newSetFromMap(new IdentityHashMap<Object, Boolean>());
    kept.addAll(terms);
    synchronized (values) {
      values.keySet().removeIf(known -> !kept.contains(known));
    }
  }
}
