package dev.testudo.shield.rule;

import dev.testudo.trust.pki.Identity;

/// The terms under which a protected server rule accepts connections.
///
/// @param rule the rule as written, for example `SERVER_1`
/// @param alpn what the connection is bound to
/// @param identity key, certificate and chain shown to clients
/// @param clients whose client certificates are accepted; [PeerTrust.Anyone] asks for none
public record ServerTls(String rule, Alpn alpn, Identity identity, PeerTrust clients) {}
