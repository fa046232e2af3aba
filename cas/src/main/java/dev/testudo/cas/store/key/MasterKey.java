package dev.testudo.cas.store.key;

import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;

/// The key of the operator. It wraps the seal key, with which CAS seals everything in the store. A
/// device or a service that never gives its key away can implement it too.
public interface MasterKey extends AutoCloseable {
  /// Returns the name of the method, which is stored with the wrapped key.
  String method();

  /// Wraps the seal key of a store.
  ///
  /// @throws StoreException if the master key cannot be used
  WrappedKey wrap(Secret sealKey, SecureRandom random) throws IOException;

  /// Unwraps the seal key of a store.
  ///
  /// @param wrapped a key wrapped by this [#method()]
  /// @throws StoreException with the reason `WRONG_KEY` if another master key wrapped it, with
  ///     `CHANGED_VALUE` if it was changed, and with `NO_KEY` if the master key is missing
  Secret unwrap(WrappedKey wrapped) throws IOException;

  /// Returns the seal key of a store of format 3, which was the content of the key file itself.
  ///
  /// @return empty if this method did not exist in format 3
  default Optional<Secret> sealKeyOfFormat3() throws IOException {
    return Optional.empty();
  }

  /// Wipes what the key keeps in memory. It is not used afterwards.
  @Override
  default void close() {}
}
