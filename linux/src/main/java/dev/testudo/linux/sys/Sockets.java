package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// Socket calls, one method each. Unless a method says otherwise, it throws [ErrnoException] on
/// failure. A returned [Fd] belongs to the caller and is close-on-exec.
public final class Sockets {
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_RAW = 3;
  public static final int SOCK_SEQPACKET = 5;
  public static final int SOCK_NONBLOCK = 0x800;
  public static final int SOCK_CLOEXEC = 0x80000;

  public static final int IPPROTO_IP = 0;
  public static final int IPPROTO_TCP = 6;
  public static final int IPPROTO_IPV6 = 41;

  public static final int SOL_SOCKET = 1;
  public static final int SO_REUSEADDR = 2;
  public static final int SO_TYPE = 3;
  public static final int SO_ERROR = 4;
  public static final int SO_BROADCAST = 6;
  public static final int SO_KEEPALIVE = 9;
  public static final int SO_LINGER = 13;
  public static final int SO_PEERCRED = 17;
  public static final int SO_REUSEPORT = 15;
  public static final int SO_ATTACH_FILTER = 26;
  public static final int SO_BINDTODEVICE = 25;
  public static final int SO_BINDTOIFINDEX = 62;
  public static final int SO_RCVTIMEO = 20;
  public static final int SO_SNDTIMEO = 21;
  public static final int SO_PEERNAME = 28;
  public static final int SO_ACCEPTCONN = 30;
  public static final int SO_PROTOCOL = 38;
  public static final int SO_DOMAIN = 39;
  public static final int SO_COOKIE = 57;
  public static final int SO_PEERGROUPS = 59;
  public static final int SO_PEERPIDFD = 77;
  public static final int SO_PASSRIGHTS = 83;
  public static final int TCP_NODELAY = 1;
  public static final int TCP_KEEPIDLE = 4;
  public static final int TCP_KEEPINTVL = 5;
  public static final int TCP_KEEPCNT = 6;
  public static final int TCP_USER_TIMEOUT = 18;
  public static final int IP_TTL = 2;
  public static final int IP_BIND_ADDRESS_NO_PORT = 24;
  public static final int IPV6_UNICAST_HOPS = 16;
  public static final int IPV6_V6ONLY = 26;

  public static final int SHUT_RD = 0;
  public static final int SHUT_WR = 1;
  public static final int SHUT_RDWR = 2;

  /// The result of [#recv] and [#send] if they would block.
  public static final int WOULD_BLOCK = -1;

  /// The longest value that [#option] returns.
  public static final int MAX_OPTION = 48;

  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_FASTOPEN = 0x2000_0000;

  private Sockets() {}

  /// A connection accepted from a listener.
  public record Accepted(Fd fd, SocketAddress peer) {}

  /// Creates a socket. `type` may include `SOCK_NONBLOCK`.
  public static Fd socket(int domain, int type, int protocol) throws ErrnoException {
    return fd("socket", Native.call(SystemCall.SOCKET, domain, type | SOCK_CLOEXEC, protocol));
  }

  public static void bind(Fd fd, SocketAddress address) throws ErrnoException {
    Native.checked("bind " + address, withAddress(SystemCall.BIND, fd, address));
  }

  public static void listen(Fd fd, int backlog) throws ErrnoException {
    Native.checked("listen", Native.call(SystemCall.LISTEN, fd.value(), backlog));
  }

  /// Connects. Returns 0 or the error number, because a connect in progress or refused is a result
  /// and not a failure.
  public static int connect(Fd fd, SocketAddress address) {
    return (int) -withAddress(SystemCall.CONNECT, fd, address);
  }

  /// Starts or completes a TCP connect like [#connect], but never blocks, whatever the descriptor's
  /// mode. It sends nothing by TCP Fast Open (`MSG_FASTOPEN`), which takes the same path through
  /// the kernel and obeys `MSG_DONTWAIT`. The first SYN to a new destination carries the Fast Open
  /// option, which a plain connect would not send. Returns `EOPNOTSUPP` if the sysctl
  /// `net.ipv4.tcp_fastopen` forbids it.
  public static int connectWithoutWaiting(Fd fd, SocketAddress address) {
    var bytes = address.encode();
    long there = place(bytes);
    int flags = MSG_FASTOPEN | MSG_DONTWAIT | MSG_NOSIGNAL;
    long result = Native.call(SystemCall.SENDTO, fd.value(), there, 0, flags, there, bytes.length);
    return (int) Math.max(-result, 0);
  }

  /// As [#connect], with the encoded address as it is.
  public static int connect(Fd fd, byte[] address) {
    return (int) -withAddress(SystemCall.CONNECT, fd, address);
  }

  /// As [#bind], with the encoded address as it is. Returns 0 or the error number.
  public static int bind(Fd fd, byte[] address) {
    return (int) -withAddress(SystemCall.BIND, fd, address);
  }

  /// Returns the `EPOLL*` bits that are set now, of `interest` and of error and hang-up.
  public static int poll(Fd fd, int interest) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var poll = arena.allocateFrom(JAVA_INT, fd.value(), interest);
      var noTime = arena.allocate(16, 8);
      long result = Native.call(SystemCall.PPOLL, poll.address(), 1, noTime.address(), 0, 0);
      Native.checked("ppoll", result);
      return poll.get(JAVA_INT, 4) >>> 16;
    }
  }

  /// Accepts the next connection of a non-blocking listener. Returns empty if there is none
  /// (`EAGAIN`). `flags` may be `SOCK_NONBLOCK`, for the new descriptor.
  public static Optional<Accepted> accept4(Fd listener, int flags) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var address = arena.allocate(SocketAddress.MAX_LENGTH);
      var length = arena.allocateFrom(JAVA_INT, SocketAddress.MAX_LENGTH);
      long result =
          Native.call(
              SystemCall.ACCEPT4,
              listener.value(),
              address.address(),
              length.address(),
              flags | SOCK_CLOEXEC);
      if (result == -Errno.EAGAIN) {
        return Optional.empty();
      }
      var fd = fd("accept4", result);
      return Optional.of(new Accepted(fd, SocketAddress.decode(bytes(address, length))));
    }
  }

  public static SocketAddress getsockname(Fd fd) throws ErrnoException {
    return SocketAddress.decode(rawSockname(fd));
  }

  public static SocketAddress getpeername(Fd fd) throws ErrnoException {
    return SocketAddress.decode(rawPeername(fd));
  }

  /// As [#getsockname], without decoding the address.
  public static byte[] rawSockname(Fd fd) throws ErrnoException {
    return name(SystemCall.GETSOCKNAME, fd);
  }

  /// As [#getpeername], without decoding the address.
  public static byte[] rawPeername(Fd fd) throws ErrnoException {
    return name(SystemCall.GETPEERNAME, fd);
  }

  /// Returns an option whose value is an `int`.
  public static int getsockopt(Fd fd, int level, int option) throws ErrnoException {
    return getsockopt(fd, level, option, Integer.BYTES).get(JAVA_INT, 0);
  }

  public static void setsockopt(Fd fd, int level, int option, int value) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      setsockopt(fd, level, option, arena.allocateFrom(JAVA_INT, value));
    }
  }

  /// Returns the value of an option as bytes, at most `room` and at most [#MAX_OPTION].
  public static byte[] option(Fd fd, int level, int option, int room) throws ErrnoException {
    var value = getsockopt(fd, level, option, Math.min(room, MAX_OPTION));
    int length = Scratch.get().get(JAVA_INT, Scratch.LENGTH);
    return value.asSlice(0, Math.clamp(length, 0, value.byteSize())).toArray(JAVA_BYTE);
  }

  /// Sets an option to a value of any type.
  public static void setOption(Fd fd, int level, int option, byte[] value) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      setsockopt(fd, level, option, arena.allocateFrom(JAVA_BYTE, value));
    }
  }

  /// Makes the kernel drop everything that arrives at this TCP socket before TCP sees it. Nothing
  /// is acknowledged any more, not even that the port is in use.
  public static void deafen(Fd fd) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      // struct sock_fprog with one struct sock_filter: BPF_RET | BPF_K, nothing.
      var nothing = arena.allocateFrom(JAVA_SHORT, (short) 6, (short) 0, (short) 0, (short) 0);
      var program = arena.allocate(16, 8);
      program.set(JAVA_SHORT, 0, (short) 1);
      program.set(JAVA_LONG, 8, nothing.address());
      setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program);
    }
  }

  /// Returns and clears the socket's pending error; 0 for none.
  public static int takeError(Fd fd) throws ErrnoException {
    return getsockopt(fd, SOL_SOCKET, SO_ERROR);
  }

  /// Returns the socket's cookie (`SO_COOKIE`), its identity in the kernel. It is never 0, never
  /// reused while the system runs, and the same for all descriptors of the socket.
  public static long cookie(Fd fd) throws ErrnoException {
    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, Long.BYTES).get(JAVA_LONG, 0);
  }

  /// The other end of a Unix socket (`struct ucred`).
  ///
  /// @param process its process id here, or 0 if it is not visible here
  public record Peer(int process, int user, int group) {
    /// Returns the bytes of the structure.
    public byte[] encode() {
      var bytes = ByteBuffer.allocate(3 * Integer.BYTES).order(ByteOrder.nativeOrder());
      return bytes.putInt(process).putInt(user).putInt(group).array();
    }
  }

  /// Returns who connected a Unix socket or listens at its other end (`SO_PEERCRED`). If it is not
  /// connected, the process is 0 and there is no user.
  public static Peer peer(Fd fd) throws ErrnoException {
    var told = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, 3 * Integer.BYTES);
    return new Peer(told.get(JAVA_INT, 0), told.get(JAVA_INT, 4), told.get(JAVA_INT, 8));
  }

  /// Returns `SO_RCVTIMEO` or `SO_SNDTIMEO` in nanoseconds, or 0 for none.
  public static long timeoutNanos(Fd fd, int option) throws ErrnoException {
    var value = getsockopt(fd, SOL_SOCKET, option, 2 * Long.BYTES);
    return value.get(JAVA_LONG, 0) * 1_000_000_000L + value.get(JAVA_LONG, 8) * 1000L;
  }

  /// Makes close(2) send a reset and discard unsent data.
  public static void resetOnClose(Fd fd) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      setsockopt(fd, SOL_SOCKET, SO_LINGER, arena.allocateFrom(JAVA_INT, 1, 0));
    }
  }

  /// Reverts [#resetOnClose].
  public static void endOnClose(Fd fd) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      setsockopt(fd, SOL_SOCKET, SO_LINGER, arena.allocateFrom(JAVA_INT, 0, 0));
    }
  }

  /// Makes sending descriptors (`SCM_RIGHTS`) to this Unix socket, or to sockets accepted from it,
  /// fail with `EPERM`. Data without descriptors is not affected. Has no effect before Linux 6.16.
  public static void takeNoDescriptors(Fd fd) throws ErrnoException {
    try {
      setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, 0);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOPROTOOPT) {
        throw e;
      }
    }
  }

  public static void shutdown(Fd fd, int how) throws ErrnoException {
    Native.checked("shutdown", Native.call(SystemCall.SHUTDOWN, fd.value(), how));
  }

  /// Receives into `buffer` (heap or native). Never blocks, whatever the descriptor's mode. Returns
  /// the number of bytes, 0 at the end of the stream, or [#WOULD_BLOCK].
  public static int recv(Fd fd, MemorySegment buffer) throws ErrnoException {
    return transfer(SystemCall.RECVFROM, fd, buffer, MSG_DONTWAIT);
  }

  /// Receives into an array, like [#recv(Fd, MemorySegment)].
  public static int recv(Fd fd, byte[] buffer) throws ErrnoException {
    return recv(fd, MemorySegment.ofArray(buffer));
  }

  /// Sends from `buffer` (heap or native). Never blocks. Returns the number of bytes taken,
  /// or [#WOULD_BLOCK].
  public static int send(Fd fd, MemorySegment buffer) throws ErrnoException {
    return transfer(SystemCall.SENDTO, fd, buffer, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  /// Sends bytes, like [#send(Fd, MemorySegment)].
  public static int send(Fd fd, byte[] bytes) throws ErrnoException {
    return send(fd, MemorySegment.ofArray(bytes));
  }

  /// Sends a datagram. Never blocks. Returns the number of bytes taken, or [#WOULD_BLOCK].
  public static int sendTo(Fd fd, byte[] bytes, SocketAddress to) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var datagram = arena.allocateFrom(JAVA_BYTE, bytes);
      var address = arena.allocateFrom(JAVA_BYTE, to.encode());
      var flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      var result =
          Native.call(
              SystemCall.SENDTO,
              fd.value(),
              datagram.address(),
              bytes.length,
              flags,
              address.address(),
              address.byteSize());
      return result == -Errno.EAGAIN ? WOULD_BLOCK : (int) Native.checked("send to " + to, result);
    }
  }

  /// Creates two connected Unix sockets.
  public static Fd[] socketpair(int type) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var pair = arena.allocate(JAVA_INT, 2);
      long result =
          Native.call(
              SystemCall.SOCKETPAIR, SocketAddress.AF_UNIX, type | SOCK_CLOEXEC, 0, pair.address());
      Native.checked("socketpair", result);
      return new Fd[] {new Fd(pair.get(JAVA_INT, 0)), new Fd(pair.get(JAVA_INT, 4))};
    }
  }

  private static int transfer(SystemCall call, Fd fd, MemorySegment buffer, int flags)
      throws ErrnoException {
    while (true) {
      long result = Native.heapCall(call, fd.value(), buffer, buffer.byteSize(), flags);
      if (result == -Errno.EAGAIN) {
        return WOULD_BLOCK;
      }
      if (result != -Errno.EINTR) {
        return (int) Native.checked(call == SystemCall.SENDTO ? "send" : "recv", result);
      }
    }
  }

  private static byte[] name(SystemCall call, Fd fd) throws ErrnoException {
    var scratch = Scratch.get();
    scratch.set(JAVA_INT, Scratch.LENGTH, SocketAddress.MAX_LENGTH);
    var address = scratch.asSlice(Scratch.ADDRESS, SocketAddress.MAX_LENGTH);
    long result =
        Native.call(call, fd.value(), address.address(), scratch.address() + Scratch.LENGTH);
    Native.checked(call == SystemCall.GETSOCKNAME ? "getsockname" : "getpeername", result);
    int length = Math.min(scratch.get(JAVA_INT, Scratch.LENGTH), SocketAddress.MAX_LENGTH);
    return address.asSlice(0, length).toArray(JAVA_BYTE);
  }

  private static byte[] bytes(MemorySegment address, MemorySegment length) {
    var bytes = address.toArray(JAVA_BYTE);
    return Arrays.copyOf(bytes, Math.min(length.get(JAVA_INT, 0), bytes.length));
  }

  /// Reads an option. The result is in [Scratch].
  private static MemorySegment getsockopt(Fd fd, int level, int option, int size)
      throws ErrnoException {
    var scratch = Scratch.get();
    scratch.set(JAVA_INT, Scratch.LENGTH, size);
    long result =
        Native.call(
            SystemCall.GETSOCKOPT,
            fd.value(),
            level,
            option,
            scratch.address() + Scratch.VALUE,
            scratch.address() + Scratch.LENGTH);
    if (result < 0) {
      throw new ErrnoException("getsockopt " + level + "/" + option, (int) -result);
    }
    return scratch.asSlice(Scratch.VALUE, size);
  }

  private static void setsockopt(Fd fd, int level, int option, MemorySegment value)
      throws ErrnoException {
    long result =
        Native.call(
            SystemCall.SETSOCKOPT, fd.value(), level, option, value.address(), value.byteSize());
    Native.checked("setsockopt " + level + "/" + option, result);
  }

  private static long withAddress(SystemCall call, Fd fd, SocketAddress address) {
    return withAddress(call, fd, address.encode());
  }

  private static long withAddress(SystemCall call, Fd fd, byte[] address) {
    return Native.call(call, fd.value(), place(address), address.length);
  }

  /// Copies `address`, at most [SocketAddress#MAX_LENGTH] bytes, to native memory and returns
  /// its place.
  private static long place(byte[] address) {
    var scratch = Scratch.get();
    MemorySegment.copy(address, 0, scratch, JAVA_BYTE, Scratch.ADDRESS, address.length);
    return scratch.address() + Scratch.ADDRESS;
  }

  private static Fd fd(String what, long result) throws ErrnoException {
    return new Fd((int) Native.checked(what, result));
  }
}
