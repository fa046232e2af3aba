package dev.testudo.linux.sys;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/// A `struct sockaddr` as a value, from a program or from the kernel.
public sealed interface SocketAddress {
  int AF_UNSPEC = 0;
  int AF_UNIX = 1;
  int AF_INET = 2;
  int AF_INET6 = 10;
  int AF_NETLINK = 16;

  /// `sizeof(struct sockaddr_storage)`, the longest address that the kernel accepts.
  int MAX_LENGTH = 128;

  /// An IP address and port.
  sealed interface Inet extends SocketAddress {
    InetAddress address();

    int port();

    /// Returns this address with another port.
    Inet withPort(int port);

    /// Returns the same destination with an IPv4-mapped IPv6 address as IPv4.
    default Inet canonical() {
      return this;
    }
  }

  record Inet4(Inet4Address address, int port) implements Inet {
    @Override
    public Inet4 withPort(int newPort) {
      return new Inet4(address, newPort);
    }

    @Override
    public byte[] encode() {
      return bytes(header(16, AF_INET).putShort(2, (short) port).put(4, address.getAddress()));
    }

    @Override
    public String toString() {
      return address.getHostAddress() + ":" + port;
    }
  }

  /// An IPv6 address. `scopeId` is the interface index for a link-local address, otherwise 0.
  record Inet6(Inet6Address address, int port, int flowInfo, int scopeId) implements Inet {
    public Inet6(Inet6Address address, int port) {
      this(address, port, 0, 0);
    }

    @Override
    public Inet6 withPort(int newPort) {
      return new Inet6(address, newPort, flowInfo, scopeId);
    }

    @Override
    public Inet canonical() {
      var bytes = address.getAddress();
      return isMapped(bytes) ? new Inet4(inet4(Arrays.copyOfRange(bytes, 12, 16)), port) : this;
    }

    /// Returns whether this is an IPv4-mapped address (`::ffff:a.b.c.d`).
    public boolean isMapped() {
      return isMapped(address.getAddress());
    }

    private static boolean isMapped(byte[] bytes) {
      for (int i = 0; i < 10; i++) {
        if (bytes[i] != 0) {
          return false;
        }
      }
      return bytes[10] == (byte) 0xff && bytes[11] == (byte) 0xff;
    }

    @Override
    public byte[] encode() {
      var buffer = header(28, AF_INET6).putShort(2, (short) port).putInt(4, flowInfo);
      buffer.put(8, address.getAddress()).order(ByteOrder.nativeOrder()).putInt(24, scopeId);
      return bytes(buffer);
    }

    @Override
    public String toString() {
      // The zone is the interface's number. Java's own text has the interface's name, which means
      // nothing in a log that is read elsewhere, and does not shorten zeros.
      var zone = scopeId == 0 ? "" : "%" + scopeId;
      return "[" + InternetText.of(address) + zone + "]:" + port;
    }
  }

  /// A Unix socket in the file system. The path is as written, relative or absolute.
  record UnixPath(String path) implements SocketAddress {
    @Override
    public byte[] encode() {
      var bytes = path.getBytes(UTF_8);
      return bytes(header(2 + bytes.length + 1, AF_UNIX).put(2, bytes));
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /// A Unix socket in the abstract namespace of the network namespace. `name` lacks the leading NUL
  /// byte and has one character per byte.
  record UnixAbstract(String name) implements SocketAddress {
    @Override
    public byte[] encode() {
      var bytes = name.getBytes(ISO_8859_1);
      return bytes(header(3 + bytes.length, AF_UNIX).put(3, bytes));
    }

    @Override
    public String toString() {
      return "unix:@" + name;
    }
  }

  /// A Unix socket without a name. In bind(2) it asks the kernel for an abstract name.
  record UnixUnnamed() implements SocketAddress {
    @Override
    public byte[] encode() {
      return bytes(header(2, AF_UNIX));
    }

    @Override
    public String toString() {
      return "unix:(unnamed)";
    }
  }

  /// `AF_UNSPEC`, which in connect(2) requests to disconnect. `anyInet4` is true if the rest equals
  /// the AF_INET address 0.0.0.0 with `port`; bind(2) accepts that as one.
  record Unspecified(boolean anyInet4, int port) implements SocketAddress {
    @Override
    public byte[] encode() {
      return bytes(header(16, AF_UNSPEC).putShort(2, (short) port));
    }

    @Override
    public String toString() {
      return "unspecified address";
    }
  }

  /// Another family, or bytes that are not a valid address of their family.
  record Other(int family, int length) implements SocketAddress {
    @Override
    public byte[] encode() {
      throw new UnsupportedOperationException("address of family " + family);
    }

    @Override
    public String toString() {
      return "address of family " + family + ", " + length + " bytes";
    }
  }

  /// Returns the bytes for the kernel.
  byte[] encode();

  /// Decodes an address of exactly the given length. Never fails; see [Other].
  static SocketAddress decode(byte[] bytes) {
    if (bytes.length < 2) {
      return new Other(-1, bytes.length);
    }
    int family =
        Short.toUnsignedInt(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getShort(0));
    var buffer = ByteBuffer.wrap(bytes);
    return switch (family) {
      case AF_UNSPEC -> unspecified(buffer);
      case AF_INET -> bytes.length < 16 ? new Other(family, bytes.length) : inet4(buffer);
      case AF_INET6 -> bytes.length < 24 ? new Other(family, bytes.length) : inet6(buffer);
      case AF_UNIX -> unix(bytes);
      default -> new Other(family, bytes.length);
    };
  }

  /// Returns the address for Java's types: IPv4 as [Inet4], IPv6 as [Inet6].
  static Inet of(InetAddress address, int port) {
    return switch (address) {
      case Inet4Address v4 -> new Inet4(v4, port);
      case Inet6Address v6 -> new Inet6(v6, port, 0, v6.getScopeId());
      default -> throw new IllegalArgumentException("neither IPv4 nor IPv6: " + address);
    };
  }

  private static Unspecified unspecified(ByteBuffer buffer) {
    boolean any = buffer.capacity() >= 16 && buffer.getInt(4) == 0;
    return new Unspecified(any, any ? Short.toUnsignedInt(buffer.getShort(2)) : 0);
  }

  private static Inet4 inet4(ByteBuffer buffer) {
    var address = new byte[4];
    buffer.get(4, address);
    return new Inet4(inet4(address), Short.toUnsignedInt(buffer.getShort(2)));
  }

  private static Inet4Address inet4(byte[] address) {
    try {
      return (Inet4Address) InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static Inet6 inet6(ByteBuffer buffer) {
    var address = new byte[16];
    buffer.get(8, address);
    int port = Short.toUnsignedInt(buffer.getShort(2));
    // The oldest form of the structure (RFC 2133) lacks the scope.
    int scope = buffer.capacity() < 28 ? 0 : buffer.order(ByteOrder.nativeOrder()).getInt(24);
    int flow = buffer.order(ByteOrder.BIG_ENDIAN).getInt(4);
    try {
      // Unlike InetAddress.getByAddress, this method keeps an IPv4-mapped address.
      return new Inet6(Inet6Address.getByAddress(null, address, -1), port, flow, scope);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static SocketAddress unix(byte[] bytes) {
    if (bytes.length == 2) {
      return new UnixUnnamed();
    }
    if (bytes.length > 110) {
      return new Other(AF_UNIX, bytes.length);
    }
    if (bytes[2] == 0) {
      return new UnixAbstract(new String(bytes, 3, bytes.length - 3, ISO_8859_1));
    }
    int end = 2;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    try {
      return new UnixPath(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 2, end - 2)).toString());
    } catch (CharacterCodingException e) {
      // No rule can name such a path, and encoding it again would change it.
      return new Other(AF_UNIX, bytes.length);
    }
  }

  private static ByteBuffer header(int length, int family) {
    var buffer = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    return buffer.putShort(0, (short) family).order(ByteOrder.BIG_ENDIAN);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }
}
