package dev.testudo.shield;

import java.util.Optional;

/// What the two ends of a TLS connection agreed on, by the names in the IANA registries.
///
/// @param version `TLSv1.3` or `TLSv1.2`
/// @param cipherSuite for example `TLS_AES_128_GCM_SHA256`
/// @param group the key exchange group, for example `X25519MLKEM768`; empty if the engine does not
///     report it
/// @param protocol the application protocol (ALPN); empty if the peer offered or chose none
public record TlsSession(
    String version, String cipherSuite, Optional<String> group, Optional<String> protocol) {}
