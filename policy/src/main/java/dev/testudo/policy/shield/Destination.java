package dev.testudo.policy.shield;

import dev.testudo.policy.address.AddressText;
import dev.testudo.policy.address.Hosts;

/// The destination of outbound connections.
public sealed interface Destination {
  /// A TCP port.
  ///
  /// @param host the name that the server's certificate must contain
  /// @param address the addresses that the rule matches
  record Tcp(String host, int port, AddressMatch address) implements Destination {
    @Override
    public String toString() {
      return "TCP:" + Hosts.literal(host).map(AddressText::host).orElse(host) + ":" + port;
    }
  }

  /// A Unix stream socket with exactly this path.
  record UnixPath(String path) implements Destination {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }
}
