package dev.testudo.shield.option;

import static dev.testudo.linux.sys.Sockets.IPPROTO_IP;
import static dev.testudo.linux.sys.Sockets.IPPROTO_IPV6;
import static dev.testudo.linux.sys.Sockets.IPPROTO_TCP;
import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// A socket option that concerns the path to the peer (asm-generic/socket.h, linux/in.h,
/// linux/in6.h, linux/tcp.h).
///
/// The program sets it on its own socket, whose connection ends on this machine. On a protected
/// connection the shield also sets it on the socket that leads to the peer. docs/socket-options.md
/// lists how the shield treats the other options.
public enum CarriedOption {
  SO_DONTROUTE(SOL_SOCKET, 5, 4),
  SO_SNDBUF(SOL_SOCKET, 7, 4),
  SO_RCVBUF(SOL_SOCKET, 8, 4),
  SO_KEEPALIVE(SOL_SOCKET, 9, 4),
  SO_PRIORITY(SOL_SOCKET, 12, 4),
  SO_MARK(SOL_SOCKET, 36, 4),
  SO_BUSY_POLL(SOL_SOCKET, 46, 4),
  SO_MAX_PACING_RATE(SOL_SOCKET, 47, 8),
  SO_TXREHASH(SOL_SOCKET, 74, 4),

  IP_TOS(IPPROTO_IP, 1, 4),
  IP_TTL(IPPROTO_IP, 2, 4),
  IP_MTU_DISCOVER(IPPROTO_IP, 10, 4),
  IP_FREEBIND(IPPROTO_IP, 15, 4),
  IP_MINTTL(IPPROTO_IP, 21, 4),
  IP_LOCAL_PORT_RANGE(IPPROTO_IP, 51, 4),

  IPV6_UNICAST_HOPS(IPPROTO_IPV6, 16, 4),
  IPV6_MTU_DISCOVER(IPPROTO_IPV6, 23, 4),
  IPV6_FLOWINFO_SEND(IPPROTO_IPV6, 33, 4),
  IPV6_DONTFRAG(IPPROTO_IPV6, 62, 4),
  IPV6_TCLASS(IPPROTO_IPV6, 67, 4),
  IPV6_AUTOFLOWLABEL(IPPROTO_IPV6, 70, 4),
  IPV6_ADDR_PREFERENCES(IPPROTO_IPV6, 72, 4),
  IPV6_MINHOPCOUNT(IPPROTO_IPV6, 73, 4),
  IPV6_FREEBIND(IPPROTO_IPV6, 78, 4),

  TCP_MAXSEG(IPPROTO_TCP, 2, 4),
  TCP_KEEPIDLE(IPPROTO_TCP, 4, 4),
  TCP_KEEPINTVL(IPPROTO_TCP, 5, 4),
  TCP_KEEPCNT(IPPROTO_TCP, 6, 4),
  TCP_SYNCNT(IPPROTO_TCP, 7, 4),
  TCP_LINGER2(IPPROTO_TCP, 8, 4),
  TCP_WINDOW_CLAMP(IPPROTO_TCP, 10, 4),
  TCP_CONGESTION(IPPROTO_TCP, 13, 16),
  TCP_THIN_LINEAR_TIMEOUTS(IPPROTO_TCP, 16, 4),
  TCP_THIN_DUPACK(IPPROTO_TCP, 17, 4),
  TCP_USER_TIMEOUT(IPPROTO_TCP, 18, 4),
  TCP_NOTSENT_LOWAT(IPPROTO_TCP, 25, 4),
  TCP_TX_DELAY(IPPROTO_TCP, 37, 4),
  TCP_RTO_MAX_MS(IPPROTO_TCP, 44, 4),
  TCP_RTO_MIN_US(IPPROTO_TCP, 45, 4),
  TCP_DELACK_MAX_US(IPPROTO_TCP, 46, 4);

  private static final int SO_BUF_LOCK = 72;
  private static final int SEND_LOCKED = 1;
  private static final int RECEIVE_LOCKED = 2;
  private static final int LONGEST_SEGMENT = 32_767;

  private final int level;
  private final int number;
  private final int size;

  CarriedOption(int level, int number, int size) {
    this.level = level;
    this.number = number;
    this.size = size;
  }

  /// Returns the option that setsockopt(2) sets with these arguments, or empty if it is
  /// not carried.
  public static Optional<CarriedOption> of(int level, int number) {
    return Arrays.stream(values())
        .filter(option -> option.level == level && option.number == number)
        .findFirst();
  }

  public int level() {
    return level;
  }

  public int number() {
    return number;
  }

  /// Returns whether this option sets the timing of keepalive probes.
  boolean timesKeepalive() {
    return this == TCP_KEEPIDLE || this == TCP_KEEPINTVL || this == TCP_KEEPCNT;
  }

  /// Returns the option's value on `socket`. Returns empty if the kernel or the kind of socket
  /// lacks the option, or if the kernel chose the value.
  Optional<byte[]> read(Fd socket) throws ErrnoException {
    try {
      return isTheKernels(socket)
          ? Optional.empty()
          : Optional.of(Sockets.option(socket, level, number, size));
    } catch (ErrnoException e) {
      if (isUnknown(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Returns whether the kernel chose the value. Buffer sizes change by themselves until a program
  /// sets them. A segment size above the settable maximum is left over from an earlier connection.
  private boolean isTheKernels(Fd socket) throws ErrnoException {
    return switch (this) {
      case SO_SNDBUF -> (Sockets.getsockopt(socket, SOL_SOCKET, SO_BUF_LOCK) & SEND_LOCKED) == 0;
      case SO_RCVBUF -> (Sockets.getsockopt(socket, SOL_SOCKET, SO_BUF_LOCK) & RECEIVE_LOCKED) == 0;
      case TCP_MAXSEG -> Sockets.getsockopt(socket, level, number) > LONGEST_SEGMENT;
      default -> false;
    };
  }

  /// Sets the option to `value`, which [#read] returned for another socket.
  void copy(Fd socket, byte[] value) throws ErrnoException {
    write(socket, this == SO_SNDBUF || this == SO_RCVBUF ? halved(value) : value);
  }

  /// Sets the option to `value`, as a program gave it. Does nothing if the kind of socket lacks the
  /// option. That is the case for IPv6 options on a socket to an IPv4 address, where they have no
  /// effect natively either.
  public void write(Fd socket, byte[] value) throws ErrnoException {
    try {
      Sockets.setOption(socket, level, number, value);
    } catch (ErrnoException e) {
      if (level != IPPROTO_IPV6 || !isUnknown(e)) {
        throw e;
      }
    }
  }

  /// Halves a buffer size, because the kernel reports twice the size that was set.
  private static byte[] halved(byte[] value) {
    int said = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(said / 2).array();
  }

  private static boolean isUnknown(ErrnoException e) {
    return e.errno() == Errno.ENOPROTOOPT || e.errno() == Errno.EOPNOTSUPP;
  }
}
