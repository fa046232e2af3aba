package dev.testudo.shield.tls;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.shield.rule.Alpn;
import java.util.Optional;

/// What a handshake must satisfy besides certificates.
///
/// @param alpn the protocol ids that bind the connection
/// @param minimum the oldest TLS version for foreign peers
record Bond(Alpn alpn, TlsVersion minimum) {
  /// Returns what is wrong with a handshake that ended with `version` and the ALPN protocol
  /// `selected` (empty for none). Two shields always speak TLS 1.3, even if the rule permits less
  /// for foreign peers.
  Optional<TlsFailure> objection(String version, String selected) {
    return Alpn.isOurs(selected) && !version.equals("TLSv1.3")
        ? Optional.of(new TlsFailure("peer is a shield, but wants to speak " + version))
        : Optional.empty();
  }
}
