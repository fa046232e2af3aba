package dev.testudo.policy.shield;

import java.util.List;
import java.util.Optional;

/// What happens to inbound connections that match a rule.
public sealed interface ServerTreatment {
  /// They pass unchanged.
  record Unprotected() implements ServerTreatment {}

  /// The program cannot listen for them.
  record Refuse() implements ServerTreatment {}

  /// The shield accepts them with TLS; the program itself speaks plain text.
  ///
  /// @param identity private key, certificate and chain; empty if the shield makes
  ///     them for this run
  /// @param clientAuth how clients are authenticated
  /// @param alpn protocols accepted from foreign clients besides our own (an extension to SCONE)
  /// @param clientNames DNS names and URIs. A client's certificate must contain one of
  ///     them, besides being issued by a trusted authority. Empty accepts any name (an
  ///     extension to SCONE).
  /// @param minimum the oldest TLS version accepted (an extension to SCONE)
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
