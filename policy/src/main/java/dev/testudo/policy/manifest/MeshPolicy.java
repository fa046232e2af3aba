package dev.testudo.policy.manifest;

import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Span;
import java.util.List;
import java.util.Optional;

/// The `policy` section of a Meshfile: what all sessions of the mesh share.
///
/// @param namespace the namespace of the application on its CAS
/// @param span where the namespace is written
/// @param platform which platforms are accepted, and with which weaknesses
/// @param machines the confidential virtual machines in which the services run
/// @param fragments the parts that others maintain
public record MeshPolicy(
    SessionName namespace,
    Span span,
    PlatformTerms platform,
    List<MeshMachine> machines,
    Fragments fragments) {
  /// Copies the list.
  public MeshPolicy {
    machines = List.copyOf(machines);
  }

  /// The parts of a session that others maintain.
  ///
  /// @param access the whole of `access_policy`
  /// @param attestation the whole of `attestation` in `security`
  /// @param security the whole of `security`
  public record Fragments(
      Optional<ForeignFragment> access,
      Optional<ForeignFragment> attestation,
      Optional<ForeignFragment> security) {
    /// No part.
    public static final Fragments NONE =
        new Fragments(Optional.empty(), Optional.empty(), Optional.empty());

    /// Returns true if others decide which evidence is good enough.
    public boolean decideOnEvidence() {
      return attestation.isPresent() || security.isPresent();
    }
  }
}
