package dev.testudo.shield.rule;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.trust.pki.Identity;
import java.util.Optional;

/// The terms under which a protected client rule connects.
///
/// @param rule the rule as written, for example `CLIENT_1`
/// @param alpn what the connection is bound to
/// @param identity key, certificate and chain shown to a server that asks; none means no
///     certificate
/// @param server who must answer
/// @param minimum the oldest version of TLS that foreign peers may speak; our own speak 1.3
public record ClientTls(
    String rule,
    Alpn alpn,
    Optional<Identity> identity,
    ExpectedServer server,
    TlsVersion minimum) {
  /// Terms for TLS 1.3.
  public ClientTls(String rule, Alpn alpn, Optional<Identity> identity, ExpectedServer server) {
    this(rule, alpn, identity, server, TlsVersion.TLS1_3);
  }
}
