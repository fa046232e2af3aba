package dev.testudo.policy.shield;

import java.util.List;

/// The rules of one network shield as written. Keys and certificates are not parsed yet.
///
/// @param mode what happens to connections that match no rule
/// @param unsupportedProtocols what happens to protocols that the shield cannot
///     protect, such as UDP
public record ShieldRules(
    DefaultMode mode,
    UnsupportedProtocols unsupportedProtocols,
    List<ServerRule> servers,
    List<ClientRule> clients) {
  public ShieldRules {
    servers = List.copyOf(servers);
    clients = List.copyOf(clients);
  }
}
