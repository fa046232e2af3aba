package dev.testudo.shield.rule;

/// Who must answer a protected connection.
///
/// @param name DNS name or IP address that the server's subject alternative names must hold (RFC
///     9525); a DNS name is also sent as server name (SNI)
/// @param trust whose certificates are accepted; [PeerTrust.Anyone] does not check the name
///     either
public record ExpectedServer(String name, PeerTrust trust) {}
