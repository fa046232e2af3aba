package dev.testudo.shield.rule;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.trust.pki.Identity;
import java.util.Optional;

/// The terms of a protected client rule.
///
/// @param rule the rule as written, for example `CLIENT_1`
/// @param alpn the protocol ids that bind the connection
/// @param identity key, certificate and chain for a server that requests a certificate; empty
///     for none
/// @param server the server that must answer
/// @param minimum the oldest TLS version for foreign peers; other shields speak 1.3
public record ClientTls(
    String rule,
    Alpn alpn,
    Optional<Identity> identity,
    ExpectedServer server,
    TlsVersion minimum) {
  /// Creates terms for TLS 1.3.
  public ClientTls(String rule, Alpn alpn, Optional<Identity> identity, ExpectedServer server) {
    this(rule, alpn, identity, server, TlsVersion.TLS1_3);
  }
}
