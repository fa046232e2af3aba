package dev.testudo.policy.shield;

import java.util.List;
import java.util.Optional;

/// What happens to outbound connections of one rule.
public sealed interface ClientTreatment {
  /// They pass untouched.
  record Unprotected() implements ClientTreatment {}

  /// The program cannot connect there.
  record Refuse() implements ClientTreatment {}

  /// They are TLS outside and plain inside.
  ///
  /// @param identity private key, certificate and chain; absent: no client certificate is sent
  /// @param serverAuth who must answer
  /// @param serverName the name in the server's certificate; present for Unix sockets, whose path
  ///     says no name
  /// @param alpn protocols that are offered to foreign servers besides our own (an extension to
  ///     SCONE)
  /// @param minimum the oldest version that is spoken (an extension to SCONE)
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
