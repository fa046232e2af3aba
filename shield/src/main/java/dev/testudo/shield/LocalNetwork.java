package dev.testudo.shield;

import java.net.Inet4Address;

/// Where the program's local addresses are.
public sealed interface LocalNetwork {
  /// The machine's own addresses; nothing is relocated.
  record Host() implements LocalNetwork {}

  /// A loopback address for this program alone, so that programs with the same ports run side
  /// by side on one machine. The program does not notice: what it binds to the unspecified or
  /// the usual loopback address is bound to `address`, and connections to those addresses
  /// reach `address`.
  record OwnAddress(Inet4Address address) implements LocalNetwork {
    public OwnAddress {
      if (!address.isLoopbackAddress()) {
        throw new IllegalArgumentException(address.getHostAddress() + " is not in 127.0.0.0/8");
      }
    }
  }
}
