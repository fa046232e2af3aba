package dev.testudo.policy.manifest;

import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Span;
import java.util.Set;

/// The `policy` section of a Meshfile: what all sessions of the mesh share.
///
/// @param namespace the namespace of the application on its CAS
/// @param span where the namespace is written
public record MeshPolicy(
    SessionName namespace, Span span, Set<Tolerance> tolerated, Set<String> ignoredAdvisories) {
  public MeshPolicy {
    tolerated = Set.copyOf(tolerated);
    ignoredAdvisories = Set.copyOf(ignoredAdvisories);
  }
}
