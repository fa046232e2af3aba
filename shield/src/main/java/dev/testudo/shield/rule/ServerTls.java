package dev.testudo.shield.rule;

import dev.testudo.policy.shield.TlsVersion;
import dev.testudo.trust.pki.Identity;

/// The terms under which a protected server rule accepts connections.
///
/// @param rule the rule as written, for example `SERVER_1`
/// @param alpn what the connection is bound to
/// @param identity key, certificate and chain shown to clients
/// @param clients who may connect
/// @param minimum the oldest version of TLS that foreign peers may speak; our own speak 1.3
public record ServerTls(
    String rule, Alpn alpn, Identity identity, ExpectedClients clients, TlsVersion minimum) {
  /// Terms for clients of whatever name, by TLS 1.3.
  public ServerTls(String rule, Alpn alpn, Identity identity, PeerTrust clients) {
    this(rule, alpn, identity, ExpectedClients.anyNameOf(clients), TlsVersion.TLS1_3);
  }
}
