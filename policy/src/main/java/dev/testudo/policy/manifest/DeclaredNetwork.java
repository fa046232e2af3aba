package dev.testudo.policy.manifest;

import java.util.List;

/// What a Meshfile says of the network of a service: `connects` and `public` (extensions to SCONE).
///
/// @param isDeclared true if the service has one of the two keys, perhaps with an empty list
public record DeclaredNetwork(
    boolean isDeclared, List<DeclaredEdge> edges, List<DeclaredPort> open) {
  /// A service of which the Meshfile says nothing.
  public static final DeclaredNetwork NONE = new DeclaredNetwork(false, List.of(), List.of());

  public DeclaredNetwork {
    edges = List.copyOf(edges);
    open = List.copyOf(open);
  }
}
