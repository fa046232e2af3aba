package dev.testudo.container.dhcp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A message of a server (RFC 2131, options of RFC 2132). The sender may be anybody in the network.
///
/// @param kind what the server says
/// @param lease the address that it offers or gives; means nothing if it refuses
/// @param server the identifier of the server
record DhcpReply(Kind kind, DhcpReply.Lease lease, Inet4Address server) {
  /// What a server says.
  enum Kind {
    /// It offers an address.
    OFFER,
    /// It has given an address.
    ACK,
    /// It refuses the address that was asked for.
    NAK
  }

  /// An address and what belongs to it.
  ///
  /// @param address the address of this machine
  /// @param prefix the length of the prefix of its network, 1 to 32 bits
  /// @param router the router to other networks, if there is one
  /// @param nameServers the name servers, at most [#MOST_NAME_SERVERS]
  /// @param time how long the address may be used
  record Lease(
      Inet4Address address,
      int prefix,
      Optional<Inet4Address> router,
      List<Inet4Address> nameServers,
      Duration time) {
    /// As many as the resolver of the C library takes (resolv.conf(5)).
    static final int MOST_NAME_SERVERS = 3;

    /// Copies the list.
    Lease {
      nameServers = List.copyOf(nameServers);
    }
  }

  private static final int FROM_SERVER = 2;
  private static final int YOUR_ADDRESS_AT = 16;
  private static final int ADDRESS_BYTES = 4;

  private static final int PAD = 0;
  private static final int MASK = 1;
  private static final int ROUTERS = 3;
  private static final int NAME_SERVERS = 6;
  private static final int LEASE_TIME = 51;
  private static final int MESSAGE_TYPE = 53;
  private static final int SERVER = 54;
  private static final int END = 255;

  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  /// Reads a message, if it is a reply to `request`. Anything else is nothing: the network may send
  /// what it likes.
  static Optional<DhcpReply> read(byte[] bytes, DhcpRequest request) {
    try {
      var message = ByteBuffer.wrap(bytes);
      if (message.get(0) != FROM_SERVER
          || message.getInt(DhcpRequest.TRANSACTION_AT) != request.transaction()
          || !request.hardware().isAt(bytes, DhcpRequest.HARDWARE_AT)
          || message.getInt(DhcpRequest.COOKIE_AT) != DhcpRequest.COOKIE) {
        return Optional.empty();
      }
      return read(address(at(bytes, YOUR_ADDRESS_AT, ADDRESS_BYTES)), options(message));
    } catch (BufferUnderflowException | IndexOutOfBoundsException _) {
      return Optional.empty(); // it ends too early
    }
  }

  private static Optional<DhcpReply> read(Inet4Address address, Map<Integer, byte[]> options) {
    var kind =
        switch (number(options, MESSAGE_TYPE, 1)) {
          case 2 -> Kind.OFFER;
          case 5 -> Kind.ACK;
          case 6 -> Kind.NAK;
          default -> null;
        };
    var server = addresses(options, SERVER);
    if (kind == null || server.size() != 1) {
      return Optional.empty();
    }
    var prefix = prefix(options);
    if (kind != Kind.NAK && (prefix.isEmpty() || !isUsable(address))) {
      return Optional.empty();
    }
    var nameServers =
        addresses(options, NAME_SERVERS).stream()
            .filter(DhcpReply::isUsable)
            .limit(Lease.MOST_NAME_SERVERS)
            .toList();
    var lease =
        new Lease(
            address,
            prefix.orElse(DhcpRequest.ADDRESS_BITS),
            addresses(options, ROUTERS).stream().filter(DhcpReply::isUsable).findFirst(),
            nameServers,
            time(options));
    return Optional.of(new DhcpReply(kind, lease, server.getFirst()));
  }

  private static boolean isUsable(Inet4Address address) {
    return !address.isAnyLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isMulticastAddress()
        && address.getAddress()[0] != -1;
  }

  /// Returns the options by their number; one that occurs twice is one value (RFC 3396).
  private static Map<Integer, byte[]> options(ByteBuffer message) {
    var options = new HashMap<Integer, byte[]>();
    message.position(DhcpRequest.COOKIE_AT + Integer.BYTES);
    while (message.hasRemaining()) {
      var number = Byte.toUnsignedInt(message.get());
      if (number == END) {
        break;
      }
      if (number != PAD) {
        var value = new byte[Byte.toUnsignedInt(message.get())];
        message.get(value);
        options.merge(number, value, DhcpReply::joined);
      }
    }
    return options;
  }

  private static byte[] joined(byte[] one, byte[] other) {
    var both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /// Returns the value of an option of one or four bytes, or 0 if it is absent or another length.
  private static int number(Map<Integer, byte[]> options, int option, int length) {
    var value = options.getOrDefault(option, new byte[0]);
    if (value.length != length) {
      return 0;
    }
    return length == 1 ? value[0] : ByteBuffer.wrap(value).getInt();
  }

  private static Optional<Integer> prefix(Map<Integer, byte[]> options) {
    var mask = number(options, MASK, ADDRESS_BYTES);
    var ones = Integer.bitCount(mask);
    var isPrefix = mask != 0 && Integer.numberOfLeadingZeros(~mask) == ones;
    return isPrefix ? Optional.of(ones) : Optional.empty();
  }

  private static Duration time(Map<Integer, byte[]> options) {
    var seconds = Integer.toUnsignedLong(number(options, LEASE_TIME, ADDRESS_BYTES));
    var time = Duration.ofSeconds(seconds);
    if (time.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return time.compareTo(LONGEST) > 0 ? LONGEST : time;
  }

  private static List<Inet4Address> addresses(Map<Integer, byte[]> options, int option) {
    var value = options.getOrDefault(option, new byte[0]);
    var addresses = new ArrayList<Inet4Address>();
    for (var at = 0; at + ADDRESS_BYTES <= value.length; at += ADDRESS_BYTES) {
      addresses.add(address(at(value, at, ADDRESS_BYTES)));
    }
    return addresses;
  }

  private static byte[] at(byte[] bytes, int from, int length) {
    if (from + length > bytes.length) {
      throw new IndexOutOfBoundsException();
    }
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  private static Inet4Address address(byte[] bytes) {
    try {
      return (Inet4Address) InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }
}
