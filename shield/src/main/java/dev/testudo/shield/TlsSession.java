package dev.testudo.shield;

import java.util.Optional;

/// What the two ends of a TLS connection have agreed on, by the names of the registries at IANA.
///
/// @param version `TLSv1.3` or `TLSv1.2`
/// @param cipherSuite for example `TLS_AES_128_GCM_SHA256`
/// @param group the key exchange, for example `X25519MLKEM768`; empty where the engine does not say
/// @param protocol the application protocol (ALPN); empty when the peer offered or chose none
public record TlsSession(
    String version, String cipherSuite, Optional<String> group, Optional<String> protocol) {}
