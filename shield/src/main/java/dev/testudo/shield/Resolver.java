package dev.testudo.shield;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/// Looks up host names in rules. It must give the answers that the program's own lookups give: the
/// program connects to an address that it found, and a rule without an address matches the
/// addresses found here.
@FunctionalInterface
public interface Resolver {
  /// Returns the addresses of `host`, or an empty set if there are none. May block on the network.
  Set<InetAddress> resolve(String host);

  /// Returns the operating system's resolver.
  static Resolver system() {
    return host -> {
      try {
        return Set.of(InetAddress.getAllByName(host));
      } catch (UnknownHostException _) {
        return Set.of();
      }
    };
  }
}
