package dev.testudo.policy.shield;

import java.util.List;

/// The rules of one network shield, as stated; keys and certificates are not looked into yet.
///
/// @param mode what happens to connections that no rule names
/// @param unsupportedProtocols what happens to what the shield cannot protect, such as UDP
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
