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

/// Makes the socket that leads to the peer of a protected connection: with the options, the device,
/// and the address and port of the program's own.
public final class OuterSocket {
  private OuterSocket() {}

  /// For a connect of `program` to `target`.
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

  /// The address that `program` really has. One that was connected before still names the port that
  /// it had then, which may be anybody's by now: it gets another. A bound one says `EINVAL`.
  private static Inet held(ProgramSocket program, Inet bound) throws ErrnoException {
    boolean anew = bound.port() != 0 && Sockets.bind(program.fd(), bound.withPort(0).encode()) == 0;
    return anew ? program.localAddress() : bound;
  }

  /// An IPv6 socket that is bound to no address in particular may reach IPv4 ones.
  private static Inet from(Inet bound, boolean inet6) {
    var plain = bound.canonical();
    boolean fits = plain instanceof Inet6 == inet6;
    return plain.address().isAnyLocalAddress() && !fits
        ? LocalView.anywhere(inet6, plain.port())
        : plain;
  }

  /// Binds `fd` to the address and port that `program` has. The kernel lets two sockets have one
  /// when both say so (`SO_REUSEADDR`) and neither listens; they lead to different places.
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

  /// Makes what arrives from `leg`, an end of ours on this machine, pass a program's own limit of
  /// hops (`IP_MINTTL`, `IPV6_MINHOPCOUNT`), which is about its peer.
  public static void near(Fd leg, boolean inet6) throws ErrnoException {
    if (inet6) {
      Sockets.setsockopt(leg, Sockets.IPPROTO_IPV6, Sockets.IPV6_UNICAST_HOPS, 255);
    } else {
      Sockets.setsockopt(leg, Sockets.IPPROTO_IP, Sockets.IP_TTL, 255);
    }
  }
}
