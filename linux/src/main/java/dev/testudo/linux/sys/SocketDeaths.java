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

/// Tells of TCP sockets that are gone for good, closed by whoever had them last, within a fraction
/// of a millisecond (the destruction groups of `NETLINK_SOCK_DIAG`, sock_diag(7)). It takes no
/// privilege. Only of sockets without a peer at an address that matters: the kernel drops all other
/// messages before they reach us. One thread uses it.
public final class SocketDeaths implements AutoCloseable {
  private static final int NETLINK_SOCK_DIAG = 4;

  /// `SKNLGRP_INET_TCP_DESTROY` and `SKNLGRP_INET6_TCP_DESTROY`, as bits.
  private static final int GROUPS = 1 << 0 | 1 << 2;

  private static final int MESSAGE_ROOM = 1024;

  /// Of `idiag_dport`, `idiag_src` and `idiag_cookie` behind the header of a message.
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

  /// Hears of sockets at `address`, at its mapped form, and at the IPv6 loopback address. Empty
  /// where the kernel does not tell.
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

  /// Numbers in a message's addresses are in network order, as classic BPF reads them.
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

  /// For epoll: readable when there is something to [#drain].
  public Fd fd() {
    return netlink;
  }

  /// Gives the `SO_COOKIE` of each socket heard of to `gone`. False when messages were lost: then
  /// look for yourself.
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
        // ENOBUFS: more came than there was room for.
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
