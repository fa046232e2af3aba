package dev.testudo.policy.shield;

import dev.testudo.policy.address.AddressText;
import dev.testudo.policy.address.Hosts;

/// Where a program connects to.
public sealed interface Destination {
  /// A TCP port.
  ///
  /// @param host the name that the server's certificate must carry
  /// @param address which addresses the rule is about
  record Tcp(String host, int port, AddressMatch address) implements Destination {
    @Override
    public String toString() {
      return "TCP:" + Hosts.literal(host).map(AddressText::host).orElse(host) + ":" + port;
    }
  }

  /// A Unix stream socket, by exactly this path.
  record UnixPath(String path) implements Destination {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }
}
