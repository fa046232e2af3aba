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

/// Socket calls, one method each. Unless a method says otherwise, failure is an [ErrnoException]
/// and a result that is an [Fd] belongs to the caller and is close-on-exec.
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

  /// What [#recv] and [#send] return when they would have to wait.
  public static final int WOULD_BLOCK = -1;

  /// The longest value that [#option] returns.
  public static final int MAX_OPTION = 48;

  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_FASTOPEN = 0x2000_0000;

  private Sockets() {}

  /// A connection taken from a listener.
  public record Accepted(Fd fd, SocketAddress peer) {}

  /// `type` may carry `SOCK_NONBLOCK`.
  public static Fd socket(int domain, int type, int protocol) throws ErrnoException {
    return fd("socket", Native.call(SystemCall.SOCKET, domain, type | SOCK_CLOEXEC, protocol));
  }

  public static void bind(Fd fd, SocketAddress address) throws ErrnoException {
    Native.checked("bind " + address, withAddress(SystemCall.BIND, fd, address));
  }

  public static void listen(Fd fd, int backlog) throws ErrnoException {
    Native.checked("listen", Native.call(SystemCall.LISTEN, fd.value(), backlog));
  }

  /// 0, or the error number: that a connection is in progress or refused is an answer, not a
  /// failure.
  public static int connect(Fd fd, SocketAddress address) {
    return (int) -withAddress(SystemCall.CONNECT, fd, address);
  }

  /// Starts or settles a TCP connection like [#connect], but never waits, whatever the mode of the
  /// descriptor: sending nothing by TCP Fast Open (`MSG_FASTOPEN`) takes the same way through the
  /// kernel and obeys `MSG_DONTWAIT`. A first SYN to a stranger carries the Fast Open option, which
  /// a plain connect would not send. `EOPNOTSUPP`: the sysctl `net.ipv4.tcp_fastopen` forbids it.
  public static int connectWithoutWaiting(Fd fd, SocketAddress address) {
    var bytes = address.encode();
    long there = place(bytes);
    int flags = MSG_FASTOPEN | MSG_DONTWAIT | MSG_NOSIGNAL;
    long result = Native.call(SystemCall.SENDTO, fd.value(), there, 0, flags, there, bytes.length);
    return (int) Math.max(-result, 0);
  }

  /// [#connect] with the bytes of an address as they are.
  public static int connect(Fd fd, byte[] address) {
    return (int) -withAddress(SystemCall.CONNECT, fd, address);
  }

  /// [#bind] with the bytes of an address as they are: 0 or the error number.
  public static int bind(Fd fd, byte[] address) {
    return (int) -withAddress(SystemCall.BIND, fd, address);
  }

  /// The `EPOLL*` bits that hold now, of `interest` and of error and hang-up.
  public static int poll(Fd fd, int interest) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var poll = arena.allocateFrom(JAVA_INT, fd.value(), interest);
      var noTime = arena.allocate(16, 8);
      long result = Native.call(SystemCall.PPOLL, poll.address(), 1, noTime.address(), 0, 0);
      Native.checked("ppoll", result);
      return poll.get(JAVA_INT, 4) >>> 16;
    }
  }

  /// The next connection of a non-blocking listener, empty when there is none (`EAGAIN`). `flags`:
  /// `SOCK_NONBLOCK` for the new descriptor.
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

  /// The bytes of [#getsockname], for addresses of whatever family.
  public static byte[] rawSockname(Fd fd) throws ErrnoException {
    return name(SystemCall.GETSOCKNAME, fd);
  }

  /// The bytes of [#getpeername].
  public static byte[] rawPeername(Fd fd) throws ErrnoException {
    return name(SystemCall.GETPEERNAME, fd);
  }

  /// An option whose value is an `int`.
  public static int getsockopt(Fd fd, int level, int option) throws ErrnoException {
    return getsockopt(fd, level, option, Integer.BYTES).get(JAVA_INT, 0);
  }

  public static void setsockopt(Fd fd, int level, int option, int value) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      setsockopt(fd, level, option, arena.allocateFrom(JAVA_INT, value));
    }
  }

  /// The value of an option as it is; at most `room` bytes, of which there are [#MAX_OPTION].
  public static byte[] option(Fd fd, int level, int option, int room) throws ErrnoException {
    var value = getsockopt(fd, level, option, Math.min(room, MAX_OPTION));
    int length = Scratch.get().get(JAVA_INT, Scratch.LENGTH);
    return value.asSlice(0, Math.clamp(length, 0, value.byteSize())).toArray(JAVA_BYTE);
  }

  /// Sets an option to a value of whatever form.
  public static void setOption(Fd fd, int level, int option, byte[] value) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      setsockopt(fd, level, option, arena.allocateFrom(JAVA_BYTE, value));
    }
  }

  /// From now on everything that arrives at this TCP socket is dropped before TCP sees it: nothing
  /// is acknowledged any more, not even that its port is in use.
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

  /// Takes and clears the pending error of the socket: 0 or an error number.
  public static int takeError(Fd fd) throws ErrnoException {
    return getsockopt(fd, SOL_SOCKET, SO_ERROR);
  }

  /// The kernel's identity of a socket (`SO_COOKIE`): never 0, never given twice while the system
  /// runs, the same through every descriptor of the socket.
  public static long cookie(Fd fd) throws ErrnoException {
    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, Long.BYTES).get(JAVA_LONG, 0);
  }

  /// Who is at the other end of a Unix socket (`struct ucred`).
  ///
  /// @param process its number where we are, 0 when it cannot be seen from here
  public record Peer(int process, int user, int group) {
    /// The bytes of the structure.
    public byte[] encode() {
      var bytes = ByteBuffer.allocate(3 * Integer.BYTES).order(ByteOrder.nativeOrder());
      return bytes.putInt(process).putInt(user).putInt(group).array();
    }
  }

  /// Who connected a Unix socket, or listened on its other end (`SO_PEERCRED`). Process 0, and no
  /// user, where it is not connected.
  public static Peer peer(Fd fd) throws ErrnoException {
    var told = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, 3 * Integer.BYTES);
    return new Peer(told.get(JAVA_INT, 0), told.get(JAVA_INT, 4), told.get(JAVA_INT, 8));
  }

  /// `SO_RCVTIMEO` or `SO_SNDTIMEO` in nanoseconds, 0 for none.
  public static long timeoutNanos(Fd fd, int option) throws ErrnoException {
    var value = getsockopt(fd, SOL_SOCKET, option, 2 * Long.BYTES);
    return value.get(JAVA_LONG, 0) * 1_000_000_000L + value.get(JAVA_LONG, 8) * 1000L;
  }

  /// Makes close(2) send a reset and drop unsent bytes.
  public static void resetOnClose(Fd fd) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      setsockopt(fd, SOL_SOCKET, SO_LINGER, arena.allocateFrom(JAVA_INT, 1, 0));
    }
  }

  /// Takes [#resetOnClose] back.
  public static void endOnClose(Fd fd) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      setsockopt(fd, SOL_SOCKET, SO_LINGER, arena.allocateFrom(JAVA_INT, 0, 0));
    }
  }

  /// Makes a send(2) of descriptors (`SCM_RIGHTS`) to this Unix socket, or to what it accepts, fail
  /// with `EPERM`; the rest goes on. Does nothing before Linux 6.16.
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

  /// Receives into `buffer` (heap or native) without ever waiting, whatever the descriptor's mode:
  /// the number of bytes, 0 at the end of the stream, [#WOULD_BLOCK] when there is nothing yet.
  public static int recv(Fd fd, MemorySegment buffer) throws ErrnoException {
    return transfer(SystemCall.RECVFROM, fd, buffer, MSG_DONTWAIT);
  }

  /// Sends from `buffer` (heap or native) without ever waiting: the number of bytes taken, or
  /// [#WOULD_BLOCK].
  public static int send(Fd fd, MemorySegment buffer) throws ErrnoException {
    return transfer(SystemCall.SENDTO, fd, buffer, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  /// Two connected Unix sockets.
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

  /// The value, in [Scratch].
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

  /// Where in native memory `address` lies then; at most [SocketAddress#MAX_LENGTH] bytes.
  private static long place(byte[] address) {
    var scratch = Scratch.get();
    MemorySegment.copy(address, 0, scratch, JAVA_BYTE, Scratch.ADDRESS, address.length);
    return scratch.address() + Scratch.ADDRESS;
  }

  private static Fd fd(String what, long result) throws ErrnoException {
    return new Fd((int) Native.checked(what, result));
  }
}
