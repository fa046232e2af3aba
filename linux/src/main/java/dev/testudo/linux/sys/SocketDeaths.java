package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Reports destroyed TCP sockets, within a fraction of a millisecond after the last user has closed
/// them (the destroy groups of `NETLINK_SOCK_DIAG`, sock_diag(7)). It needs no privilege. It
/// reports only sockets without a peer at one address; the kernel filters all other messages. For
/// use by one thread.
public final class SocketDeaths implements AutoCloseable {
  private static final int NETLINK_SOCK_DIAG = 4;

  /// `SKNLGRP_INET_TCP_DESTROY` and `SKNLGRP_INET6_TCP_DESTROY`, as bits.
  private static final int GROUPS = 1 << 0 | 1 << 2;

  private static final int MESSAGE_ROOM = 1024;

  /// The offsets of `idiag_dport`, `idiag_src` and `idiag_cookie` in a message, including
  /// its header.
  private static final int PEER_PORT = 22;

  private static final int SOURCE = 24;
  private static final int COOKIE = 60;

  private static final int LOAD_HALF = 0x28;
  private static final int LOAD_WORD = 0x20;
  private static final int JUMP_EQUAL = 0x15;
  private static final int RETURN = 0x06;

  private final Fd netlink;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment buffer = arena.allocate(MESSAGE_ROOM, 8);

  private SocketDeaths(Fd netlink) {
    this.netlink = netlink;
  }

  /// Subscribes to sockets at `address`, its IPv4-mapped form, and the IPv6 loopback address.
  /// Returns empty if the kernel does not support that.
  public static Optional<SocketDeaths> at(Inet4Address address) throws ErrnoException {
    var fd =
        Sockets.socket(
            SocketAddress.AF_NETLINK, Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
    try {
      attach(fd, ByteBuffer.wrap(address.getAddress()).getInt());
      var all = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
      all.putShort((short) SocketAddress.AF_NETLINK).putShort((short) 0).putInt(0).putInt(GROUPS);
      if (Sockets.bind(fd, all.array()) == 0) {
        return Optional.of(new SocketDeaths(fd));
      }
      fd.close();
      return Optional.empty();
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  /// Installs the filter. Addresses in a message are in network byte order, as classic BPF
  /// reads them.
  private static void attach(Fd fd, int address) throws ErrnoException {
    int[][] program = {
      {LOAD_HALF, 0, 0, PEER_PORT},
      {JUMP_EQUAL, 0, 7, 0},
      {LOAD_WORD, 0, 0, SOURCE},
      {JUMP_EQUAL, 4, 0, address},
      {LOAD_WORD, 0, 0, SOURCE + 12},
      {JUMP_EQUAL, 2, 0, address},
      {JUMP_EQUAL, 1, 0, 1},
      {RETURN, 0, 0, 0},
      {RETURN, 0, 0, MESSAGE_ROOM},
      {RETURN, 0, 0, 0},
    };
    try (var arena = Arena.ofConfined()) {
      var code = arena.allocate(8L * program.length, 8);
      for (int i = 0; i < program.length; i++) {
        code.set(JAVA_SHORT, 8L * i, (short) program[i][0]);
        code.set(JAVA_BYTE, 8L * i + 2, (byte) program[i][1]);
        code.set(JAVA_BYTE, 8L * i + 3, (byte) program[i][2]);
        code.set(JAVA_INT, 8L * i + 4, program[i][3]);
      }
      var header = arena.allocate(16, 8);
      header.set(JAVA_SHORT, 0, (short) program.length);
      header.set(JAVA_LONG, 8, code.address());
      Sockets.setOption(
          fd, Sockets.SOL_SOCKET, Sockets.SO_ATTACH_FILTER, header.toArray(JAVA_BYTE));
    }
  }

  /// Returns the descriptor for epoll. It is readable when [#drain] has something to return.
  public Fd fd() {
    return netlink;
  }

  /// Passes the `SO_COOKIE` of each reported socket to `gone`. Returns false if messages were lost;
  /// the caller must then check its sockets itself.
  public boolean drain(LongConsumer gone) {
    boolean complete = true;
    while (true) {
      try {
        int length = Sockets.recv(netlink, buffer);
        if (length == Sockets.WOULD_BLOCK) {
          return complete;
        }
        if (length >= COOKIE + Long.BYTES) {
          gone.accept(buffer.get(JAVA_LONG.withByteAlignment(4), COOKIE));
        }
      } catch (ErrnoException e) {
        // ENOBUFS: the receive buffer overflowed.
        complete = false;
        if (e.errno() != Errno.ENOBUFS) {
          return false;
        }
      }
    }
  }

  @Override
  public void close() {
    netlink.close();
  }
}
