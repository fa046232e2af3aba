package dev.testudo.agent.mounter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;

/// Unix sockets that keep messages apart (`SOCK_SEQPACKET`).
final class Packets {
  private Packets() {}

  static Fd connect(Path path) throws ErrnoException {
    var socket = socket();
    int errno = Sockets.connect(socket, new SocketAddress.UnixPath(path.toString()));
    if (errno != 0) {
      socket.close();
      throw new ErrnoException("connect to " + path, errno);
    }
    return socket;
  }

  static Fd listen(Path path, int backlog) throws ErrnoException {
    var socket = socket();
    try {
      Sockets.bind(socket, new SocketAddress.UnixPath(path.toString()));
      Sockets.listen(socket, backlog);
      return socket;
    } catch (ErrnoException e) {
      socket.close();
      throw e;
    }
  }

  private static Fd socket() throws ErrnoException {
    return Sockets.socket(SocketAddress.AF_UNIX, Sockets.SOCK_SEQPACKET | Sockets.SOCK_CLOEXEC, 0);
  }

  /// Receiving and sending fail with EAGAIN after this time; zero means never.
  static void limit(Fd socket, Duration time) throws ErrnoException {
    var timeval = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.nativeOrder());
    timeval.putLong(time.toSeconds()).putLong(time.toNanosPart() / 1000);
    for (int option : new int[] {Sockets.SO_RCVTIMEO, Sockets.SO_SNDTIMEO}) {
      Sockets.setOption(socket, Sockets.SOL_SOCKET, option, timeval.array());
    }
  }

  /// Sends a short text. Whoever does not take it does not get it.
  static void send(Fd socket, String text) throws ErrnoException {
    send(socket, text.getBytes(UTF_8));
  }

  static void send(Fd socket, byte[] bytes) throws ErrnoException {
    Sockets.send(socket, bytes);
  }
}
