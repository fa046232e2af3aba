package dev.testudo.policy.shield;

import java.util.List;
import java.util.Optional;

/// What happens to outbound connections that match a rule.
public sealed interface ClientTreatment {
  /// They pass unchanged.
  record Unprotected() implements ClientTreatment {}

  /// The program cannot make them.
  record Refuse() implements ClientTreatment {}

  /// The shield encrypts them with TLS; the program itself speaks plain text.
  ///
  /// @param identity private key, certificate and chain; empty if no client certificate is sent
  /// @param serverAuth how the server is authenticated
  /// @param serverName the name required in the server's certificate; present for Unix sockets,
  ///     whose path gives no name
  /// @param alpn protocols offered to foreign servers besides our own (an extension to SCONE)
  /// @param minimum the oldest TLS version accepted (an extension to SCONE)
  record Protected(
      Optional<ShieldValue> identity,
      PeerAuth serverAuth,
      Optional<String> serverName,
      List<String> alpn,
      TlsVersion minimum)
      implements ClientTreatment {
    public Protected {
      alpn = List.copyOf(alpn);
    }
  }
}
