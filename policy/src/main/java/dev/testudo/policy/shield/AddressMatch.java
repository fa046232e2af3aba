package dev.testudo.policy.shield;

import java.net.InetAddress;

/// Which addresses a client rule is about.
public sealed interface AddressMatch {
  /// `*`: every address.
  record Any() implements AddressMatch {}

  /// One address.
  record Exactly(InetAddress address) implements AddressMatch {}

  /// The addresses of the destination's name, looked up by the shield (`_DESTINATION_IP` left out;
  /// an extension to SCONE).
  record Resolve() implements AddressMatch {}
}
