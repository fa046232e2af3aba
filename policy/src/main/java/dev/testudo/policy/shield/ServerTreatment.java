package dev.testudo.policy.shield;

import java.util.List;
import java.util.Optional;

/// What happens to inbound connections of one rule.
public sealed interface ServerTreatment {
  /// They pass untouched.
  record Unprotected() implements ServerTreatment {}

  /// The program cannot listen there.
  record Refuse() implements ServerTreatment {}

  /// They are TLS outside and plain inside.
  ///
  /// @param identity private key, certificate and chain; absent: made for this run
  /// @param clientAuth who may connect
  /// @param alpn protocols of foreign clients that are accepted besides our own (an extension to
  ///     SCONE)
  /// @param clientNames DNS names and URIs of which a client's certificate must carry one, besides
  ///     being of a trusted authority; empty: any name (an extension to SCONE)
  /// @param minimum the oldest version that is spoken (an extension to SCONE)
  record Protected(
      Optional<ShieldValue> identity,
      PeerAuth clientAuth,
      List<String> alpn,
      List<String> clientNames,
      TlsVersion minimum)
      implements ServerTreatment {
    public Protected {
      alpn = List.copyOf(alpn);
      clientNames = List.copyOf(clientNames);
    }
  }
}
