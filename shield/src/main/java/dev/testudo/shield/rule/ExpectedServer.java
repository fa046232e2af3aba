package dev.testudo.shield.rule;

/// The server that must answer a protected connection.
///
/// @param name the DNS name or IP address that must be in the server's subject alternative names
///     (RFC 9525); a DNS name is also sent as the server name (SNI)
/// @param trust whose certificates are accepted; [PeerTrust.Anyone] does not check the name either
public record ExpectedServer(String name, PeerTrust trust) {}
