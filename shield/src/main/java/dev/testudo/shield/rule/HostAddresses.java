package dev.testudo.shield.rule;

import java.net.InetAddress;
import java.util.Set;

/// Gives the currently known addresses of a DNS name. Used for client rules
/// without `DESTINATION_IP`.
@FunctionalInterface
public interface HostAddresses {
  /// Returns the addresses of `host`, or an empty set if it is unknown. Never blocks.
  Set<InetAddress> addresses(String host);
}
