package dev.testudo.shield.rule;

import dev.testudo.trust.pki.Identity;
import java.util.Optional;

/// The terms under which a protected client rule connects.
///
/// @param rule the rule as written, for example `CLIENT_1`
/// @param alpn what the connection is bound to
/// @param identity key, certificate and chain shown to a server that asks; none means no
///     certificate
/// @param server who must answer
public record ClientTls(
    String rule, Alpn alpn, Optional<Identity> identity, ExpectedServer server) {}
