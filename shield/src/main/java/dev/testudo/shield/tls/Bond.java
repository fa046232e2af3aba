package dev.testudo.shield.tls;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.shield.rule.Alpn;
import java.util.Optional;

/// What a finished handshake must satisfy besides certificates.
///
/// @param alpn what the connection is bound to
/// @param minimum the oldest version of TLS for foreign peers
record Bond(Alpn alpn, TlsVersion minimum) {
  /// What is wrong with a handshake that ended with `version` and the ALPN protocol `selected`,
  /// empty for none. A shield never speaks less than TLS 1.3 to another, whatever the rule permits
  /// with foreign peers.
  Optional<TlsFailure> objection(String version, String selected) {
    return Alpn.isOurs(selected) && !version.equals("TLSv1.3")
        ? Optional.of(new TlsFailure("peer is a shield, but wants to speak " + version))
        : Optional.empty();
  }
}
