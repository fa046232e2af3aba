package dev.testudo.cas.access;

import dev.testudo.trust.pki.KeyHash;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Those who agree to a change of a session.
///
/// @param caller the key of the caller
/// @param signers the keys that have signed exactly this change
public record Consenting(KeyHash caller, Set<KeyHash> signers) {
  /// Copies the set.
  public Consenting {
    signers = Set.copyOf(signers);
  }

  /// Returns the hashes of all keys, in base58.
  Set<String> keys() {
    var all = new HashSet<String>();
    all.add(caller.text());
    signers.forEach(signer -> all.add(signer.text()));
    return all;
  }

  /// Returns those of `keys` that are signers, sorted.
  List<String> signersAmong(Set<String> keys) {
    return signers.stream().map(KeyHash::text).filter(keys::contains).sorted().toList();
  }
}
