package dev.testudo.policy.shield;

import java.net.InetAddress;

/// The addresses that a client rule matches.
public sealed interface AddressMatch {
  /// `*`: every address.
  record Any() implements AddressMatch {}

  /// One address.
  record Exactly(InetAddress address) implements AddressMatch {}

  /// The addresses of the destination's name, which the shield resolves itself. This is the case if
  /// `_DESTINATION_IP` is left out (an extension to SCONE).
  record Resolve() implements AddressMatch {}
}
