package dev.testudo.shield.supervisor.connect;

import static dev.testudo.linux.sys.Errno.EINPROGRESS;
import static dev.testudo.linux.sys.Errno.ETIMEDOUT;
import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.SocketAddress.Inet4;
import dev.testudo.linux.sys.SocketAddress.Inet6;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.supervisor.socket.OuterSocket;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A place where a connecting socket waits until its real peer is authenticated.
///
/// It is a listening socket on a loopback address whose queue holds one connection, of our own; the
/// kernel drops every further SYN. A socket that connects to it stays in SYN_SENT, neither readable
/// nor writable, exactly as long as we like. To let it through, a second socket with the gate's
/// address connects to the waiting socket: both have sent a SYN, TCP calls it a simultaneous open
/// (RFC 9293, 3.5) and the connection is there at once, on the program's own socket. No privilege
/// is needed.
public final class Gate implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int LOOK_NANOS = 50_000;

  /// How long the kernel's own thread may take on a busy machine: a connect that fails for it fails
  /// for nothing that the program could know of.
  private static final long MOST_NANOS = Duration.ofSeconds(2).toNanos();

  private final Fd fd;
  private final Inet address;

  private Gate(Fd fd, Inet address) {
    this.fd = fd;
    this.address = address;
  }

  /// Opens a gate for sockets that can reach IPv6 (`inet6`) or IPv4 loopback addresses.
  static Gate open(boolean inet6) throws ErrnoException {
    var fd = socket(inet6);
    try {
      Sockets.bind(fd, inet6 ? new Inet6(loopback6(), 0) : new Inet4(randomLoopback(), 0));
      Sockets.listen(fd, 0); // "0" is a queue of one
      var gate = new Gate(fd, ProgramSocket.inet(Sockets.getsockname(fd)));
      gate.fill();
      return gate;
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  /// Connects to the gate once. Nobody accepts that connection, so it keeps its place in the queue
  /// even when its other end is gone. Should a stranger have been faster, the queue is full as
  /// well. The kernel delivers on loopback within the call that sends; only where it puts that off
  /// to its own thread is there anything to wait for.
  private void fill() throws ErrnoException {
    int domain = address instanceof Inet6 ? SocketAddress.AF_INET6 : SocketAddress.AF_INET;
    try (var filler = Sockets.socket(domain, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, 0)) {
      Sockets.resetOnClose(filler);
      int errno = Sockets.connect(filler, address);
      if (errno != 0 && errno != EINPROGRESS) {
        throw new ErrnoException("connect " + address, errno);
      }
      long until = System.nanoTime() + MOST_NANOS;
      while (Sockets.poll(fd, Epoll.EPOLLIN) == 0) {
        if (System.nanoTime() - until > 0) {
          throw new ErrnoException("fill a gate", ETIMEDOUT);
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }

  /// An unpredictable address in 127.128.0.0/9, apart from those that services are given.
  public static Inet4Address randomLoopback() {
    var bytes = new byte[4];
    RANDOM.nextBytes(bytes);
    bytes[0] = 127;
    bytes[1] |= (byte) 0x80;
    bytes[3] = (byte) (1 + Byte.toUnsignedInt(bytes[3]) % 254);
    try {
      return (Inet4Address) InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /// Where the program's socket connects to, in canonical form.
  Inet address() {
    return address;
  }

  /// Starts the connection back to the waiting socket at `waiting`; the result is non-blocking, and
  /// connected when it becomes writable.
  Fd open(Inet waiting) throws ErrnoException {
    var leg = socket(address instanceof Inet6);
    try {
      OuterSocket.near(leg, address instanceof Inet6);
      Sockets.bind(leg, address);
      int errno = Sockets.connect(leg, waiting);
      if (errno != 0 && errno != EINPROGRESS) {
        throw new ErrnoException("connect " + waiting, errno);
      }
      return leg;
    } catch (ErrnoException e) {
      leg.close();
      throw e;
    }
  }

  /// Gate and leg share one address and port, which takes both options and the same user.
  private static Fd socket(boolean inet6) throws ErrnoException {
    int domain = inet6 ? SocketAddress.AF_INET6 : SocketAddress.AF_INET;
    var fd = Sockets.socket(domain, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, 0);
    try {
      Sockets.setsockopt(fd, SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
      Sockets.setsockopt(fd, SOL_SOCKET, Sockets.SO_REUSEPORT, 1);
      return fd;
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  public static Inet6Address loopback6() {
    var bytes = new byte[16];
    bytes[15] = 1;
    try {
      return Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
