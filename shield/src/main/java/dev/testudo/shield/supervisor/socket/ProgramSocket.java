package dev.testudo.shield.supervisor.socket;

import static dev.testudo.linux.sys.Errno.EAFNOSUPPORT;
import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;

/// The program's own socket, through a duplicate of its descriptor (the same open file
/// description). Its properties are read again for each call, because options can change
/// them (`IPV6_ADDRFORM`).
public final class ProgramSocket implements AutoCloseable {
  private static final int SHORTEST_INET = 16;
  private static final int SHORTEST_INET6 = 24;

  private final Fd fd;
  private final int domain;
  private final int type;
  private final int protocol;
  private final Place place;
  private long cookie;

  /// Where a socket was last seen: a thread and its descriptor number.
  public record Place(int tid, int descriptor) {}

  private ProgramSocket(Fd fd, int domain, int type, int protocol, Place place) {
    this.fd = fd;
    this.domain = domain;
    this.type = type;
    this.protocol = protocol;
    this.place = place;
  }

  /// Returns the socket behind `fd`, seen at `place`, and owns `fd`. On failure (`ENOTSOCK`),
  /// closes `fd`.
  static ProgramSocket owning(Fd fd, Place place) throws ErrnoException {
    try {
      return of(fd, place);
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  /// Returns the socket behind `fd`, which the caller keeps and closes.
  static ProgramSocket of(Fd fd, Place place) throws ErrnoException {
    return new ProgramSocket(
        fd,
        Sockets.getsockopt(fd, SOL_SOCKET, Sockets.SO_DOMAIN),
        Sockets.getsockopt(fd, SOL_SOCKET, Sockets.SO_TYPE),
        Sockets.getsockopt(fd, SOL_SOCKET, Sockets.SO_PROTOCOL),
        place);
  }

  /// Returns the same socket with another descriptor, for use after the call.
  public ProgramSocket duplicate() throws ErrnoException {
    return owning(fd.duplicate(), place);
  }

  public Fd fd() {
    return fd;
  }

  public Place place() {
    return place;
  }

  /// Returns the type, such as `SOCK_STREAM`.
  public int type() {
    return type;
  }

  /// Returns the socket's cookie (`SO_COOKIE`), its identity. Read on first use.
  public long cookie() throws ErrnoException {
    if (cookie == 0) {
      cookie = Sockets.cookie(fd);
    }
    return cookie;
  }

  /// Returns whether this is an IPv4 or IPv6 socket, of any protocol.
  public boolean isInet() {
    return domain == SocketAddress.AF_INET || domain == SocketAddress.AF_INET6;
  }

  public boolean isTcp() {
    return isInet()
        && type == Sockets.SOCK_STREAM
        && (protocol == 0 || protocol == Sockets.IPPROTO_TCP);
  }

  public boolean isUnix() {
    return domain == SocketAddress.AF_UNIX;
  }

  public boolean isInet6() {
    return domain == SocketAddress.AF_INET6;
  }

  /// Returns whether this is an IPv6 socket that accepts no IPv4 connections.
  public boolean isV6Only() throws ErrnoException {
    return isInet6() && Sockets.getsockopt(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY) != 0;
  }

  public boolean isNonBlocking() throws ErrnoException {
    return (Files.statusFlags(fd) & Files.O_NONBLOCK) != 0;
  }

  public boolean isConnected() {
    try {
      Sockets.rawPeername(fd);
      return true;
    } catch (ErrnoException e) {
      return false;
    }
  }

  public boolean isListening() throws ErrnoException {
    return Sockets.getsockopt(fd, SOL_SOCKET, Sockets.SO_ACCEPTCONN) != 0;
  }

  /// Returns the socket's own address; the unspecified address with port 0 if it is unbound.
  public SocketAddress.Inet localAddress() throws ErrnoException {
    return inet(Sockets.getsockname(fd));
  }

  public SocketAddress.Inet peerAddress() throws ErrnoException {
    return inet(Sockets.getpeername(fd));
  }

  /// Returns the kernel's error for an address that is invalid for this kind of socket.
  public int addressError(byte[] raw) {
    return raw.length < (isInet6() ? SHORTEST_INET6 : SHORTEST_INET) ? EINVAL : EAFNOSUPPORT;
  }

  public static SocketAddress.Inet inet(SocketAddress address) {
    if (address instanceof SocketAddress.Inet inet) {
      return inet;
    }
    throw new IllegalStateException("not an IP address: " + address);
  }

  @Override
  public void close() {
    fd.close();
  }
}
