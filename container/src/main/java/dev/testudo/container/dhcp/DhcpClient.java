package dev.testudo.container.dhcp;

import dev.testudo.linux.machine.NetworkInterface4;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/// Asks for an IPv4 address by DHCP (RFC 2131), gives it to a network interface, and keeps it.
public final class DhcpClient {
  private static final int SERVER_PORT = 67;
  private static final int CLIENT_PORT = 68;
  private static final int MOST_BYTES = 1500;

  /// How long each attempt waits for an answer, seconds. The answers of a switch may come late.
  private static final int[] WAITS = {1, 2, 4, 8, 8};

  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final Duration SHORTEST_REST = Duration.ofSeconds(30);

  private final NetworkInterface4 device;
  private final HardwareAddress hardware;
  private final Consumer<String> messages;
  private final SecureRandom random = new SecureRandom();

  /// @param hardware the address of the interface
  /// @param messages gets one line for each change
  public DhcpClient(NetworkInterface4 device, HardwareAddress hardware, Consumer<String> messages) {
    this.device = device;
    this.hardware = hardware;
    this.messages = messages;
  }

  /// An address that this machine has got.
  ///
  /// @param text address and prefix, such as `10.0.2.15/24`
  /// @param nameServers lines for resolv.conf(5)
  public record Configured(String text, String nameServers) {}

  /// Gets an address and sets up the interface with it. From then on, a thread keeps the address.
  ///
  /// @throws IOException if nobody answers within 23 seconds, or the kernel refuses the address
  public Configured configure() throws IOException, InterruptedException {
    device.turnOn();
    try (var socket = open()) {
      var lease = acquire(socket);
      device.setAddress(lease.address(), lease.prefix());
      if (lease.router().isPresent()) {
        var router = lease.router().get();
        device.addDefaultRoute(router, !isInNetwork(router, lease));
      }
      Thread.ofPlatform().daemon().name("dhcp").start(() -> keep(lease));
      var lines = new StringBuilder();
      lease
          .nameServers()
          .forEach(server -> lines.append("nameserver ").append(text(server)).append('\n'));
      return new Configured(text(lease.address()) + "/" + lease.prefix(), lines.toString());
    }
  }

  private static String text(Inet4Address address) {
    return address.getHostAddress();
  }

  private static boolean isInNetwork(Inet4Address router, DhcpReply.Lease lease) {
    var shift = DhcpRequest.ADDRESS_BITS - lease.prefix();
    return number(router) >>> shift == number(lease.address()) >>> shift;
  }

  private static long number(Inet4Address address) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(address.getAddress()).getInt());
  }

  private Fd open() throws IOException {
    var socket = Sockets.socket(SocketAddress.AF_INET, Sockets.SOCK_DGRAM, 0);
    try {
      Sockets.setsockopt(socket, Sockets.SOL_SOCKET, Sockets.SO_BROADCAST, 1);
      // Without an address, nothing but the interface says where a datagram goes.
      Sockets.setOption(
          socket,
          Sockets.SOL_SOCKET,
          Sockets.SO_BINDTODEVICE,
          device.name().getBytes(StandardCharsets.US_ASCII));
      Sockets.bind(socket, SocketAddress.of(InetAddress.ofLiteral("0.0.0.0"), CLIENT_PORT));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private DhcpReply.Lease acquire(Fd socket) throws IOException, InterruptedException {
    for (var wait : WAITS) {
      var limit = Duration.ofSeconds(wait);
      var offer = ask(socket, new DhcpRequest.Kind.Discover(), limit);
      if (offer.isEmpty() || offer.get().kind() != DhcpReply.Kind.OFFER) {
        continue;
      }
      var choice = new DhcpRequest.Kind.Choose(offer.get().lease().address(), offer.get().server());
      var given = ask(socket, choice, limit);
      if (given.isPresent() && given.get().kind() == DhcpReply.Kind.ACK) {
        return given.get().lease();
      }
    }
    throw new IOException(
        "no DHCP server gave an address to interface %s".formatted(device.name()));
  }

  /// Returns the first reply to a question.
  private Optional<DhcpReply> ask(Fd socket, DhcpRequest.Kind kind, Duration limit)
      throws IOException, InterruptedException {
    var request = new DhcpRequest(random.nextInt(), hardware, kind);
    var everybody = SocketAddress.of(InetAddress.ofLiteral("255.255.255.255"), SERVER_PORT);
    Sockets.sendTo(socket, request.write(), everybody);
    var end = System.nanoTime() + limit.toNanos();
    var bytes = new byte[MOST_BYTES];
    while (System.nanoTime() < end) {
      var length = Sockets.recv(socket, bytes);
      if (length == Sockets.WOULD_BLOCK) {
        Thread.sleep(PAUSE);
        continue;
      }
      var reply = DhcpReply.read(Arrays.copyOf(bytes, length), request);
      if (reply.isPresent()) {
        return reply;
      }
    }
    return Optional.empty();
  }

  /// Asks for the same address again before its time ends, forever.
  private void keep(DhcpReply.Lease lease) {
    var rest = half(lease.time());
    var isLost = false;
    try {
      while (true) {
        Thread.sleep(rest);
        var renewed = renew(lease);
        if (renewed.isPresent()) {
          rest = half(renewed.get().time());
          isLost = false;
        } else {
          rest = half(rest);
          if (!isLost) {
            isLost = true;
            messages.accept(
                "no DHCP server extends the time of address %s; asking again"
                    .formatted(text(lease.address())));
          }
        }
      }
    } catch (InterruptedException _) {
      // Nobody interrupts this thread but the end of the machine.
    }
  }

  private Optional<DhcpReply.Lease> renew(DhcpReply.Lease lease) throws InterruptedException {
    try (var socket = open()) {
      var limit = Duration.ofSeconds(WAITS[WAITS.length - 1]);
      return ask(socket, new DhcpRequest.Kind.Renew(lease.address()), limit)
          .filter(reply -> reply.kind() == DhcpReply.Kind.ACK)
          .map(DhcpReply::lease)
          .filter(given -> given.address().equals(lease.address()));
    } catch (ErrnoException e) {
      messages.accept("cannot ask for a longer time of the address: " + e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError("only the kernel fails here", e);
    }
  }

  private static Duration half(Duration time) {
    var half = time.dividedBy(2);
    return half.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : half;
  }
}
