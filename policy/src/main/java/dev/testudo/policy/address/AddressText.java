package dev.testudo.policy.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Formats IP addresses as inet_ntop(3) and RFC 5952 do: `::1`, `2001:db8::7`, an IPv4 address
/// inside IPv6 with dots.
public final class AddressText {
  private static final int GROUPS = 8;

  /// The first six groups of an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2).
  private static final List<Integer> MAPPED = List.of(0, 0, 0, 0, 0, 0xffff);

  /// A run of groups from `from` up to, but not including, `to`.
  private record Run(int from, int to) {
    int size() {
      return to - from;
    }
  }

  private AddressText() {}

  /// Returns the address alone, without a zone.
  public static String of(InetAddress address) {
    return address instanceof Inet6Address v6 ? of(v6.getAddress()) : address.getHostAddress();
  }

  /// Returns the address as it is written before a port: IPv6 in brackets (RFC 3986 §3.2.2).
  public static String host(InetAddress address) {
    return address instanceof Inet6Address ? "[" + of(address) + "]" : of(address);
  }

  private static String of(byte[] bytes) {
    var groups = new ArrayList<Integer>();
    for (var i = 0; i < bytes.length; i += 2) {
      groups.add(Byte.toUnsignedInt(bytes[i]) << 8 | Byte.toUnsignedInt(bytes[i + 1]));
    }
    var zeros = longestZeros(groups);
    var hasDots = groups.subList(0, MAPPED.size()).equals(MAPPED) || zeros.equals(new Run(0, 6));
    var tail = joined(groups.subList(zeros.to(), hasDots ? MAPPED.size() : GROUPS));
    if (hasDots) {
      var dotted =
          "%d.%d.%d.%d"
              .formatted(bytes[12] & 0xff, bytes[13] & 0xff, bytes[14] & 0xff, bytes[15] & 0xff);
      return "::" + (tail.isEmpty() ? "" : tail + ":") + dotted;
    }
    // A single zero group is not shortened (RFC 5952 §4.2.2).
    return zeros.size() < 2
        ? joined(groups)
        : joined(groups.subList(0, zeros.from())) + "::" + tail;
  }

  /// Returns the longest run of zeros; the first one if several are equally long.
  private static Run longestZeros(List<Integer> groups) {
    var longest = new Run(0, 0);
    for (var from = 0; from < GROUPS; from++) {
      var to = from;
      while (to < GROUPS && groups.get(to) == 0) {
        to++;
      }
      if (to - from > longest.size()) {
        longest = new Run(from, to);
      }
    }
    return longest;
  }

  private static String joined(List<Integer> groups) {
    return groups.stream().map(Integer::toHexString).collect(Collectors.joining(":"));
  }
}
