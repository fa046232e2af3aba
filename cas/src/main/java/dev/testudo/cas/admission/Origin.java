package dev.testudo.cas.admission;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/// What counts as one address: an IPv4 address, or the /64 prefix of an IPv6 address, since a
/// single host usually owns the whole prefix.
///
/// @param text the address, or the prefix in hexadecimal
public record Origin(String text) {
  private static final int PREFIX_BYTES = 8;

  /// Returns the origin of `address`.
  public static Origin of(InetAddress address) {
    var bytes = address.getAddress();
    return new Origin(
        address instanceof Inet6Address
            ? HexFormat.of().formatHex(Arrays.copyOf(bytes, PREFIX_BYTES)) + "/64"
            : address.getHostAddress());
  }
}
