package dev.testudo.image.registry.credential;

import java.io.IOException;
import java.util.Optional;

/// A place that has credentials for registries.
@FunctionalInterface
public interface CredentialStore {
  /// A store without credentials.
  CredentialStore NONE = (registry, repository) -> Optional.empty();

  /// Finds the credential for a repository.
  ///
  /// @param registry the registry as images name it, such as `docker.io` or `127.0.0.1:5000`
  /// @param repository the path of the repository
  /// @throws IOException if a store cannot be read; an entry that is absent is no failure
  Optional<FoundCredential> find(String registry, String repository) throws IOException;
}
