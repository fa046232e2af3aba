package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.SocketAddress.Inet4;
import dev.testudo.linux.sys.SocketAddress.Inet6;
import dev.testudo.shield.LocalNetwork;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// Translates the addresses that a program uses into real ones. Pure.
public final class LocalView {
  private static final byte[] LOOPBACK_4 = {127, 0, 0, 1};

  private final LocalNetwork network;

  public LocalView(LocalNetwork network) {
    this.network = network;
  }

  /// Returns the target of a connect to `asked`, in canonical form (an IPv4 address as IPv4). The
  /// kernel treats the unspecified address as loopback, so the rules must do so too.
  public Inet connectTarget(Inet asked) {
    var plain = asked.canonical();
    var target = plain.address().isAnyLocalAddress() ? withAddress(plain, loopback(plain)) : plain;
    return switch (network) {
      case LocalNetwork.Host _ -> target;
      case LocalNetwork.OwnAddress(var own) ->
          isUsualLoopback(target.address()) ? new Inet4(own, target.port()) : target;
    };
  }

  /// Returns the peer address of a connection to `asked` as the kernel reports it, in the family of
  /// `asked`. The kernel never reports the unspecified address.
  public static Inet shown(Inet asked) {
    var plain = asked.canonical();
    return plain.address().isAnyLocalAddress()
        ? inFamily(asked instanceof Inet6, withAddress(plain, loopback(plain)))
        : asked;
  }

  /// Returns where a bind to `asked` goes, in canonical form unless unchanged.
  ///
  /// @throws ErrnoException `EADDRNOTAVAIL` for loopback addresses that are not the program's own
  public Inet bindTarget(Inet asked, boolean v6Only) throws ErrnoException {
    return switch (network) {
      case LocalNetwork.Host _ -> asked;
      case LocalNetwork.OwnAddress(var own) -> ownBindTarget(asked, v6Only, own);
    };
  }

  private static Inet ownBindTarget(Inet asked, boolean v6Only, Inet4Address own)
      throws ErrnoException {
    var address = asked.canonical().address();
    boolean everywhere = address.isAnyLocalAddress();
    if (!everywhere && !address.isLoopbackAddress()) {
      return asked;
    }
    boolean ours = everywhere || isUsualLoopback(address) || address.equals(own);
    if (!ours || v6Only) {
      throw new ErrnoException("bind " + asked, Errno.EADDRNOTAVAIL);
    }
    return new Inet4(own, asked.port());
  }

  /// Returns an address at which this machine reaches a socket bound to `local`.
  public Inet reachable(Inet local) {
    var plain = local.canonical();
    return plain.address().isAnyLocalAddress() ? withAddress(plain, loopback(plain)) : plain;
  }

  /// Returns the unspecified address of the same family, with the same port.
  public static Inet unspecified(Inet like) {
    return withAddress(like, address(new byte[like.address().getAddress().length]));
  }

  /// Returns the unspecified address of a family, with `port`.
  static Inet anywhere(boolean inet6, int port) {
    var address = address(new byte[inet6 ? 16 : 4]);
    return address instanceof Inet4Address v4
        ? new Inet4(v4, port)
        : new Inet6((Inet6Address) address, port);
  }

  /// Returns `address` in the form that a socket of this family uses.
  public static Inet inFamily(boolean inet6, Inet address) {
    return inet6 && address instanceof Inet4 v4 ? mapped(v4) : address;
  }

  private static Inet6 mapped(Inet4 v4) {
    var bytes = new byte[16];
    bytes[10] = (byte) 0xff;
    bytes[11] = (byte) 0xff;
    System.arraycopy(v4.address().getAddress(), 0, bytes, 12, 4);
    try {
      return new Inet6(Inet6Address.getByAddress(null, bytes, -1), v4.port());
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isUsualLoopback(InetAddress address) {
    return address.isLoopbackAddress() && address.equals(loopback(address));
  }

  private static InetAddress loopback(Inet like) {
    return loopback(like.address());
  }

  private static InetAddress loopback(InetAddress like) {
    var bytes = like instanceof Inet4Address ? LOOPBACK_4.clone() : new byte[16];
    bytes[bytes.length - 1] = 1;
    return address(bytes);
  }

  public static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static Inet withAddress(Inet like, InetAddress address) {
    return address instanceof Inet4Address v4
        ? new Inet4(v4, like.port())
        : new Inet6((Inet6Address) address, like.port());
  }
}
