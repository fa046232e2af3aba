package dev.testudo.cas.access;

import dev.testudo.trust.pki.KeyHash;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Who may create sessions in the root namespace as long as no root session says otherwise.
///
/// @param owners keys that may
/// @param firstCome whether everybody may: for a CAS of one's own on one's own machine
public record Ownership(Set<KeyHash> owners, boolean firstCome) {
  /// Whoever comes first.
  public static final Ownership FIRST_COME = new Ownership(Set.of(), true);

  /// Copies the set.
  public Ownership {
    owners = Set.copyOf(owners);
  }

  /// Whether the holder of `key` may.
  public boolean permits(KeyHash key) {
    return firstCome || owners.contains(key);
  }

  /// The owners' keys as one text, always in the same order; empty if there are none.
  public String text() {
    return owners.stream()
        .map(KeyHash::text)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining("\n"));
  }
}
