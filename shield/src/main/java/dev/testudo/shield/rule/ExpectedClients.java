package dev.testudo.shield.rule;

import java.util.List;

/// The clients that may connect under a protected server rule.
///
/// @param trust whose certificates are accepted; [PeerTrust.Anyone] requests none
/// @param names DNS names and URIs, one of which must be a subject alternative name of the
///     certificate. Names are compared literally: a wildcard matches only itself. If empty, any
///     name under `trust` is accepted
public record ExpectedClients(PeerTrust trust, List<String> names) {
  /// Copies the list. Names require certificates, because without one they would check nothing.
  public ExpectedClients {
    names = List.copyOf(names);
    if (!names.isEmpty() && trust instanceof PeerTrust.Anyone) {
      throw new IllegalArgumentException("client names without client certificates");
    }
  }

  /// Returns clients of `trust` with any name.
  public static ExpectedClients anyNameOf(PeerTrust trust) {
    return new ExpectedClients(trust, List.of());
  }
}
