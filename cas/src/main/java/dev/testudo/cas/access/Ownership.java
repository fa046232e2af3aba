package dev.testudo.cas.access;

import dev.testudo.trust.pki.KeyHash;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Who may create sessions in the root namespace unless a root session says otherwise.
///
/// @param owners the keys that may
/// @param firstCome true if everybody may, meant for a private CAS on one's own machine
public record Ownership(Set<KeyHash> owners, boolean firstCome) {
  /// Everybody may create sessions in the root namespace.
  public static final Ownership FIRST_COME = new Ownership(Set.of(), true);

  /// Copies the set.
  public Ownership {
    owners = Set.copyOf(owners);
  }

  /// Returns true if the holder of `key` may create sessions in the root namespace.
  public boolean permits(KeyHash key) {
    return firstCome || owners.contains(key);
  }

  /// Returns the owners' keys, sorted, one per line; empty if there are none.
  public String text() {
    return owners.stream()
        .map(KeyHash::text)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining("\n"));
  }
}
