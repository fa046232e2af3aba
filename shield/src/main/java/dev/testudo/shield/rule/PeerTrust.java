package dev.testudo.shield.rule;

import java.security.cert.X509Certificate;
import java.util.List;

/// Whose certificates a protected rule accepts.
public sealed interface PeerTrust {
  /// Certificates that chain to one of these authorities. Not empty.
  record IssuedBy(List<X509Certificate> authorities) implements PeerTrust {
    /// Copies the list and checks that it is not empty.
    public IssuedBy {
      authorities = List.copyOf(authorities);
      if (authorities.isEmpty()) {
        throw new IllegalArgumentException("authorities must not be empty");
      }
    }
  }

  /// Any peer, because `CLIENT_AUTH` or `SERVER_AUTH` is `disabled`. The peer
  /// stays unauthenticated.
  record Anyone() implements PeerTrust {}
}
