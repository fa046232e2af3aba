package dev.testudo.shield.rule;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.trust.pki.Identity;

/// The terms of a protected server rule.
///
/// @param rule the rule as written, for example `SERVER_1`
/// @param alpn the protocol ids that bind the connection
/// @param identity key, certificate and chain shown to clients
/// @param clients the clients that may connect
/// @param minimum the oldest TLS version for foreign peers; other shields speak 1.3
public record ServerTls(
    String rule, Alpn alpn, Identity identity, ExpectedClients clients, TlsVersion minimum) {
  /// Creates terms for clients with any name and TLS 1.3.
  public ServerTls(String rule, Alpn alpn, Identity identity, PeerTrust clients) {
    this(rule, alpn, identity, ExpectedClients.anyNameOf(clients), TlsVersion.TLS1_3);
  }
}
