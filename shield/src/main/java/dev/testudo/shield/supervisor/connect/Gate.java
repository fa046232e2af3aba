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

/// A loopback address at which a connecting socket waits until its real peer is authenticated.
///
/// A gate is a listening socket whose queue holds one connection, the shield's own, so the kernel
/// drops every further SYN. A socket that connects to the gate stays in SYN_SENT, neither readable
/// nor writable, for as long as the shield wants. To let it through, a second socket with the
/// gate's address connects to the waiting socket. Both have then sent a SYN, which TCP treats as a
/// simultaneous open (RFC 9293, 3.5), and the program's own socket is connected at once. No
/// privilege is needed.
public final class Gate implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int LOOK_NANOS = 50_000;

  /// How long the kernel may take to deliver on a busy machine. It is generous, because on expiry
  /// the program's connect fails for a reason that the program cannot know.
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
      Sockets.listen(fd, 0); // a backlog of 0 is a queue of one
      var gate = new Gate(fd, ProgramSocket.inet(Sockets.getsockname(fd)));
      gate.fill();
      return gate;
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  /// Fills the queue with one connection. Nobody accepts it, so it keeps its place even after its
  /// other end is closed. If another process was faster, the queue is full as well. The kernel
  /// normally delivers on loopback within the sending call; the wait is for the case that it defers
  /// the delivery to its own thread.
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

  /// Returns an unpredictable address in 127.128.0.0/9, a range that is not used for services.
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

  /// Returns the address to which the program's socket connects, in canonical form.
  Inet address() {
    return address;
  }

  /// Connects back to the socket that waits at `waiting`. The result is non-blocking, and is
  /// connected once it is writable.
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

  /// Creates a socket for the gate or its leg. Both share one address and port, which requires
  /// these options and the same user.
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
