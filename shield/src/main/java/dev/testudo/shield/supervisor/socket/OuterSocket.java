package dev.testudo.shield.supervisor.socket;

import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.SocketAddress.Inet6;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.option.OuterOptions;
import java.util.Optional;

/// Creates the socket to the peer of a protected connection, with the options, device, address and
/// port of the program's own socket.
public final class OuterSocket {
  private OuterSocket() {}

  /// Creates the socket for a connect of `program` to `target`.
  ///
  /// @param bound the address of `program`, which it may have chosen
  public static Fd to(Inet target, ProgramSocket program, Inet bound, Optional<Device> device)
      throws ErrnoException {
    boolean inet6 = target instanceof Inet6;
    int domain = inet6 ? SocketAddress.AF_INET6 : SocketAddress.AF_INET;
    var fd = Sockets.socket(domain, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, 0);
    try {
      OuterOptions.carry(program.fd(), fd);
      device.orElse(Device.of(program.fd())).bind(fd);
      var from = from(held(program, bound), inet6);
      if (from.port() != 0) {
        shareAddress(program.fd(), fd, from);
      } else if (!from.address().isAnyLocalAddress()) {
        Sockets.setsockopt(fd, Sockets.IPPROTO_IP, Sockets.IP_BIND_ADDRESS_NO_PORT, 1);
        Sockets.bind(fd, from);
      }
      return fd;
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  /// Returns the address that `program` really has. A socket that was connected before still
  /// reports its former port, which another socket may have by now, so it gets a new one. For a
  /// bound socket this bind fails with `EINVAL` and changes nothing.
  private static Inet held(ProgramSocket program, Inet bound) throws ErrnoException {
    boolean anew = bound.port() != 0 && Sockets.bind(program.fd(), bound.withPort(0).encode()) == 0;
    return anew ? program.localAddress() : bound;
  }

  /// Returns the address to bind. An IPv6 socket bound to the unspecified address may connect
  /// to IPv4.
  private static Inet from(Inet bound, boolean inet6) {
    var plain = bound.canonical();
    boolean fits = plain instanceof Inet6 == inet6;
    return plain.address().isAnyLocalAddress() && !fits
        ? LocalView.anywhere(inet6, plain.port())
        : plain;
  }

  /// Binds `fd` to the address and port of `program`. The kernel allows that if both have
  /// `SO_REUSEADDR` and neither listens. The two connect to different peers.
  private static void shareAddress(Fd program, Fd fd, Inet from) throws ErrnoException {
    int before = Sockets.getsockopt(program, SOL_SOCKET, Sockets.SO_REUSEADDR);
    Sockets.setsockopt(fd, SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
    Sockets.setsockopt(program, SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
    try {
      Sockets.bind(fd, from);
    } finally {
      Sockets.setsockopt(program, SOL_SOCKET, Sockets.SO_REUSEADDR, before);
    }
    Sockets.setsockopt(fd, SOL_SOCKET, Sockets.SO_REUSEADDR, before);
  }

  /// Sets the hop limit of `leg`, the shield's end of a local connection, to the maximum. Its
  /// packets then pass the program's minimum (`IP_MINTTL`, `IPV6_MINHOPCOUNT`), which is meant for
  /// the peer.
  public static void near(Fd leg, boolean inet6) throws ErrnoException {
    if (inet6) {
      Sockets.setsockopt(leg, Sockets.IPPROTO_IPV6, Sockets.IPV6_UNICAST_HOPS, 255);
    } else {
      Sockets.setsockopt(leg, Sockets.IPPROTO_IP, Sockets.IP_TTL, 255);
    }
  }
}
