package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.Inet6Address;

/// Formats IPv6 addresses like the C library and most tools (inet_ntop(3), RFC 5952): `::1`,
/// not `0:0:0:0:0:0:0:1`.
final class InternetText {
  /// `INET6_ADDRSTRLEN`.
  private static final int LONGEST = 46;

  private static final MethodHandle INET_NTOP =
      Native.plainFunction(
          "inet_ntop", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));

  private InternetText() {}

  /// Returns the text of an address, without its zone.
  static String of(Inet6Address address) {
    try (var arena = Arena.ofConfined()) {
      var bytes = arena.allocateFrom(JAVA_BYTE, address.getAddress());
      var text = arena.allocate(LONGEST);
      var _ = (MemorySegment) INET_NTOP.invokeExact(SocketAddress.AF_INET6, bytes, text, LONGEST);
      return text.getString(0);
    } catch (Throwable t) {
      throw new AssertionError("inet_ntop", t);
    }
  }
}
