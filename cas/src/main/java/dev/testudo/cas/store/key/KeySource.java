package dev.testudo.cas.store.key;

import java.nio.file.Path;

/// Gives the master key for the store of a state directory.
@FunctionalInterface
public interface KeySource {
  /// Returns the master key for the store that belongs to `directory`.
  MasterKey of(Path directory);
}
