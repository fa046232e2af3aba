package dev.testudo.shield.rule;

import java.util.List;

/// Who may connect under a protected server rule.
///
/// @param trust whose client certificates are accepted; [PeerTrust.Anyone] asks for none
/// @param names DNS names and URIs of which the certificate must hold one as subject alternative
///     name, as they stand there: wildcards match nothing here. Empty: any name under `trust`
public record ExpectedClients(PeerTrust trust, List<String> names) {
  /// Copies the list. Names without certificates would be no condition at all.
  public ExpectedClients {
    names = List.copyOf(names);
    if (!names.isEmpty() && trust instanceof PeerTrust.Anyone) {
      throw new IllegalArgumentException("names of clients that show no certificate");
    }
  }

  /// Clients of `trust` by whatever name.
  public static ExpectedClients anyNameOf(PeerTrust trust) {
    return new ExpectedClients(trust, List.of());
  }
}
