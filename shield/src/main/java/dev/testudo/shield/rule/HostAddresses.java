package dev.testudo.shield.rule;

import java.net.InetAddress;
import java.util.Set;

/// The addresses of a DNS name as known now. Used for client rules without `DESTINATION_IP`.
@FunctionalInterface
public interface HostAddresses {
  /// The addresses of `host`, empty when it is not known. Never waits.
  Set<InetAddress> addresses(String host);
}
