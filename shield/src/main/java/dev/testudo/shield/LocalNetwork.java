package dev.testudo.shield;

import java.net.Inet4Address;

/// Where a program's local addresses lie.
public sealed interface LocalNetwork {
  /// The network as it is; nothing is relocated.
  record Host() implements LocalNetwork {}

  /// The program has a loopback address of its own, so that programs with the same ports run side
  /// by side on one machine. It still believes to be alone: what it binds to the unspecified or the
  /// usual loopback address lies at `address`, and connecting to those reaches `address`.
  record OwnAddress(Inet4Address address) implements LocalNetwork {
    public OwnAddress {
      if (!address.isLoopbackAddress()) {
        throw new IllegalArgumentException(address.getHostAddress() + " is not in 127.0.0.0/8");
      }
    }
  }
}
