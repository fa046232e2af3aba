package dev.testudo.cas.admission;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/// What is counted as one address: an IPv4 address, or the /64 of an IPv6 address, of which a
/// single host has them all.
///
/// @param text the address, or the prefix in hexadecimal
public record Origin(String text) {
  private static final int PREFIX_BYTES = 8;

  /// The origin of `address`.
  public static Origin of(InetAddress address) {
    var bytes = address.getAddress();
    return new Origin(
        address instanceof Inet6Address
            ? HexFormat.of().formatHex(Arrays.copyOf(bytes, PREFIX_BYTES)) + "/64"
            : address.getHostAddress());
  }
}
