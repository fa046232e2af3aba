package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Queries the kernel, without a descriptor, whether a TCP or Unix socket still exists and what a
/// Unix socket is connected to (`NETLINK_SOCK_DIAG`, sock_diag(7)). For use by one thread.
public final class SocketDiag implements AutoCloseable {
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final int SOCK_DIAG_BY_FAMILY = 20;
  private static final int NLM_F_REQUEST = 1;
  private static final int NLMSG_ERROR = 2;
  /// The offset of `idiag_inode` in `struct inet_diag_msg`.
  private static final int INET_INODE = 68;

  /// The offset of `udiag_ino` in `struct unix_diag_msg`.
  private static final int UNIX_INODE = 4;

  /// `UDIAG_SHOW_PEER` and `UDIAG_SHOW_ICONS`, with the attributes that return them.
  private static final int SHOW_PEER = 0x4;

  private static final int SHOW_PENDING = 0x8;
  private static final int PEER = 2;
  private static final int PENDING = 3;
  private static final int UNIX_MESSAGE = 16;

  private static final int HEADER = 16;
  private static final int REQUEST = HEADER + 56;
  private static final int UNIX_REQUEST = HEADER + 24;

  /// Instead of a cookie: any socket with these addresses.
  public static final long ANY_SOCKET = -1;

  private final Fd netlink;

  /// Whether the kernel supports queries about Unix sockets; empty before the first query.
  private Optional<Boolean> tellsUnix = Optional.empty();

  public SocketDiag() throws ErrnoException {
    netlink = Sockets.socket(SocketAddress.AF_NETLINK, Sockets.SOCK_RAW, NETLINK_SOCK_DIAG);
  }

  /// Returns whether the socket with this `SO_COOKIE` still listens at `address`, as returned by
  /// getsockname(2). A socket that exists but no longer listens counts as gone.
  public boolean listens(SocketAddress.Inet address, long cookie) throws ErrnoException {
    return exists(address, address.withPort(0), true, cookie);
  }

  /// Returns whether the connected socket with this `SO_COOKIE` still exists between these two
  /// addresses and is open.
  public boolean connects(SocketAddress.Inet local, SocketAddress.Inet peer, long cookie)
      throws ErrnoException {
    return exists(local, peer, false, cookie);
  }

  /// Returns whether the Unix socket with this inode number and `SO_COOKIE` still exists. Also
  /// returns true if the kernel cannot tell.
  public boolean exists(long inode, long cookie) throws ErrnoException {
    if (tellsUnix.isEmpty()) {
      tellsUnix = Optional.of(tellsUnix());
    }
    return !tellsUnix.get() || ask(unixRequest(inode, cookie, 0), UNIX_INODE);
  }

  /// Returns the inode number of the socket at the other end of this Unix socket. Returns 0 if that
  /// one is closed or not accepted yet, or if the kernel cannot tell.
  public long unixPeer(long inode, long cookie) throws ErrnoException {
    var told = unixAttribute(inode, cookie, SHOW_PEER, PEER);
    return told.remaining() < Integer.BYTES ? 0 : Integer.toUnsignedLong(told.getInt());
  }

  /// Returns the inode numbers of the sockets in the accept queue of this listening Unix socket.
  /// Also returns empty if there are too many for one answer (about a thousand).
  public Set<Long> unixPending(long inode, long cookie) throws ErrnoException {
    var told = unixAttribute(inode, cookie, SHOW_PENDING, PENDING);
    var pending = new HashSet<Long>();
    while (told.remaining() >= Integer.BYTES) {
      pending.add(Integer.toUnsignedLong(told.getInt()));
    }
    return pending;
  }

  /// Returns the value of an attribute (rtnetlink(3)), or an empty buffer if the answer lacks it.
  private ByteBuffer unixAttribute(long inode, long cookie, int show, int attribute)
      throws ErrnoException {
    var answer = exchange(unixRequest(inode, cookie, show));
    int at = HEADER + UNIX_MESSAGE;
    while (answer.getShort(4) == SOCK_DIAG_BY_FAMILY && at + 4 <= answer.limit()) {
      int length = Short.toUnsignedInt(answer.getShort(at));
      if (answer.getShort(at + 2) == attribute && length >= 4 && at + length <= answer.limit()) {
        return answer.slice(at + 4, length - 4).order(ByteOrder.nativeOrder());
      }
      at += Math.max(length + 3 & ~3, 4);
    }
    return ByteBuffer.allocate(0);
  }

  /// Returns whether queries about Unix sockets work. A kernel without `unix_diag` answers as if no
  /// socket existed.
  private boolean tellsUnix() throws ErrnoException {
    var one = Sockets.socket(SocketAddress.AF_UNIX, Sockets.SOCK_STREAM, 0);
    try (one) {
      return ask(unixRequest(Files.inode(one), Sockets.cookie(one), 0), UNIX_INODE);
    }
  }

  private boolean exists(
      SocketAddress.Inet local, SocketAddress.Inet peer, boolean listener, long cookie)
      throws ErrnoException {
    return ask(request(local, peer, listener, cookie), INET_INODE);
  }

  /// Returns whether the answer has an inode, at offset `inode`. A closed socket has none, even
  /// while the kernel still sends its last bytes or keeps it in `TIME_WAIT`.
  private boolean ask(byte[] request, int inode) throws ErrnoException {
    var answer = exchange(request);
    return answer.getShort(4) == NLMSG_ERROR
        ? refuse(-answer.getInt(HEADER))
        : answer.getInt(HEADER + inode) != 0;
  }

  private ByteBuffer exchange(byte[] request) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocateFrom(JAVA_BYTE, request);
      Native.checked("netlink send", Files.write(netlink, out));
      var in = arena.allocate(4096);
      // The kernel answers within the send, so this does not block.
      int length = Sockets.recv(netlink, in);
      if (length < HEADER + Integer.BYTES) {
        throw new ErrnoException("netlink receive", Errno.EPROTO);
      }
      var answer = in.asSlice(0, length).toArray(JAVA_BYTE);
      return ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
    }
  }

  /// Returns false for `ENOENT` (no such socket) and `ESTALE` (116, another socket);
  /// throws otherwise.
  private static boolean refuse(int errno) throws ErrnoException {
    if (errno == Errno.ENOENT || errno == 116) {
      return false;
    }
    throw new ErrnoException("sock_diag", errno);
  }

  /// Encodes `struct nlmsghdr` and `struct inet_diag_req_v2`.
  private static byte[] request(
      SocketAddress.Inet local, SocketAddress.Inet peer, boolean listener, long cookie) {
    boolean v6 = local instanceof SocketAddress.Inet6;
    var buffer = ByteBuffer.allocate(REQUEST).order(ByteOrder.nativeOrder());
    buffer.putInt(REQUEST).putShort((short) SOCK_DIAG_BY_FAMILY).putShort((short) NLM_F_REQUEST);
    buffer.putInt(1).putInt(0);
    buffer.put((byte) (v6 ? SocketAddress.AF_INET6 : SocketAddress.AF_INET));
    buffer.put((byte) Sockets.IPPROTO_TCP).putShort((short) 0).putInt(-1);
    buffer.order(ByteOrder.BIG_ENDIAN);
    buffer.putShort((short) local.port()).putShort((short) peer.port());
    buffer.put(Arrays.copyOf(local.address().getAddress(), 16));
    var remote = listener ? new byte[0] : peer.address().getAddress();
    buffer.put(Arrays.copyOf(remote, 16));
    buffer.order(ByteOrder.nativeOrder()).putInt(0);
    buffer.putInt((int) cookie).putInt((int) (cookie >>> 32));
    return buffer.array();
  }

  /// Encodes `struct nlmsghdr` and `struct unix_diag_req`.
  private static byte[] unixRequest(long inode, long cookie, int show) {
    var buffer = ByteBuffer.allocate(UNIX_REQUEST).order(ByteOrder.nativeOrder());
    buffer.putInt(UNIX_REQUEST).putShort((short) SOCK_DIAG_BY_FAMILY);
    buffer.putShort((short) NLM_F_REQUEST).putInt(1).putInt(0);
    buffer.put((byte) SocketAddress.AF_UNIX).put((byte) 0).putShort((short) 0).putInt(-1);
    buffer.putInt((int) inode).putInt(show);
    buffer.putInt((int) cookie).putInt((int) (cookie >>> 32));
    return buffer.array();
  }

  @Override
  public void close() {
    netlink.close();
  }
}
