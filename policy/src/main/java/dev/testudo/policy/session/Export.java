package dev.testudo.policy.session;

import java.util.Optional;

/// Who may import a secret.
public sealed interface Export {
  /// One session.
  ///
  /// @param revision the revision that the importing session must have
  record ToSession(SessionName session, Optional<SessionHash> revision) implements Export {}

  /// The session of a namespace and all sessions below it.
  record ToNamespace(SessionName namespace) implements Export {}

  /// Returns true if this export covers `importer`, whatever its revision.
  default boolean names(SessionName importer) {
    return switch (this) {
      case ToSession(var session, _) -> session.equals(importer);
      case ToNamespace(var namespace) -> importer.isWithin(namespace);
    };
  }
}
