package dev.testudo.shield;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/// How the name of a destination is looked up. It must answer as the program's own look-ups do: the
/// program connects to what it found, and a rule without an address matches what this found.
@FunctionalInterface
public interface Resolver {
  /// The addresses of `host`, empty when there are none. May wait for the network.
  Set<InetAddress> resolve(String host);

  /// As the operating system looks names up.
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
