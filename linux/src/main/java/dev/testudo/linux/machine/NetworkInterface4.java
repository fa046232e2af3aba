package dev.testudo.linux.machine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;

/// The IPv4 settings of a network interface (netdevice(7), `linux/route.h`). Changes need
/// CAP_NET_ADMIN.
///
/// @param name the name of the interface, such as `eth0`; 1 to 15 characters of ASCII
public record NetworkInterface4(String name) {
  private static final int NAME_BYTES = 16;
  private static final int ADDRESS_BYTES = 16;
  private static final int ADDRESS_BITS = 32;

  // struct ifreq: a name, and a union of which these are members.
  private static final int REQUEST_BYTES = 40;
  private static final int REQUEST_VALUE = 16;

  // struct rtentry.
  private static final int ROUTE_BYTES = 120;
  private static final int ROUTE_DESTINATION = 8;
  private static final int ROUTE_GATEWAY = 24;
  private static final int ROUTE_MASK = 40;
  private static final int ROUTE_FLAGS = 56;
  private static final int ROUTE_DEVICE = 88;

  private static final int SIOCADDRT = 0x890b;
  private static final int SIOCGIFFLAGS = 0x8913;
  private static final int SIOCSIFFLAGS = 0x8914;
  private static final int SIOCSIFADDR = 0x8916;
  private static final int SIOCSIFNETMASK = 0x891c;

  private static final short IFF_UP = 1;
  private static final short RTF_UP = 1;
  private static final short RTF_GATEWAY = 2;
  private static final short RTF_HOST = 4;

  /// Checks the name.
  ///
  /// @throws IllegalArgumentException if no interface can have it
  public NetworkInterface4 {
    if (!name.matches("[!-~&&[^/]]{1,15}")) {
      throw new IllegalArgumentException("not the name of an interface");
    }
  }

  /// Turns the interface on.
  public void turnOn() throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var request = request(arena);
      change(SIOCGIFFLAGS, request, "read the flags");
      var flags = request.get(JAVA_SHORT_UNALIGNED, REQUEST_VALUE);
      request.set(JAVA_SHORT_UNALIGNED, REQUEST_VALUE, (short) (flags | IFF_UP));
      change(SIOCSIFFLAGS, request, "turn on");
    }
  }

  /// Sets the address of the interface, and makes the network of the address reachable.
  ///
  /// @param prefix the length of the network's prefix, 0 to 32 bits
  public void setAddress(Inet4Address address, int prefix) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var request = request(arena);
      put(request, REQUEST_VALUE, address.getAddress());
      change(SIOCSIFADDR, request, "set the address");
      put(request, REQUEST_VALUE, mask(prefix));
      change(SIOCSIFNETMASK, request, "set the network mask");
    }
  }

  /// Sends what is for other networks to a router.
  ///
  /// @param outside whether the router is not in the network of the interface's address, but
  ///     reachable through the interface
  public void addDefaultRoute(Inet4Address router, boolean outside) throws ErrnoException {
    if (outside) {
      addRoute(router.getAddress(), new byte[4], mask(ADDRESS_BITS), RTF_HOST);
    }
    addRoute(new byte[4], router.getAddress(), new byte[4], RTF_GATEWAY);
  }

  private void addRoute(byte[] destination, byte[] gateway, byte[] mask, short flag)
      throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var route = arena.allocate(ROUTE_BYTES, Long.BYTES);
      put(route, ROUTE_DESTINATION, destination);
      put(route, ROUTE_GATEWAY, gateway);
      put(route, ROUTE_MASK, mask);
      route.set(JAVA_SHORT_UNALIGNED, ROUTE_FLAGS, (short) (RTF_UP | flag));
      var device = arena.allocateFrom(name, US_ASCII);
      route.set(JAVA_LONG_UNALIGNED, ROUTE_DEVICE, device.address());
      change(SIOCADDRT, route, "add a route");
    }
  }

  private MemorySegment request(Arena arena) {
    var request = arena.allocate(REQUEST_BYTES, Long.BYTES);
    request.asSlice(0, NAME_BYTES).setString(0, name, US_ASCII);
    return request;
  }

  /// Writes a `struct sockaddr_in` without a port.
  private static void put(MemorySegment where, int offset, byte[] address) {
    where.asSlice(offset, ADDRESS_BYTES).fill((byte) 0);
    where.set(JAVA_SHORT_UNALIGNED, offset, (short) SocketAddress.AF_INET);
    MemorySegment.copy(address, 0, where, JAVA_BYTE, offset + 4L, address.length);
  }

  private static byte[] mask(int prefix) {
    var bits = prefix == 0 ? 0 : -1 << (ADDRESS_BITS - prefix);
    return new byte[] {
      (byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits
    };
  }

  private void change(int number, MemorySegment argument, String what) throws ErrnoException {
    try (Fd socket = Sockets.socket(SocketAddress.AF_INET, Sockets.SOCK_DGRAM, 0)) {
      var result = Native.call(SystemCall.IOCTL, socket.value(), number, argument.address());
      Native.checked("%s of interface %s".formatted(what, name), result);
    }
  }
}
