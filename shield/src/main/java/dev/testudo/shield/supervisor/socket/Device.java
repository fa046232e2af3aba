package dev.testudo.shield.supervisor.socket;

import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import java.util.Optional;

/// A network device to which a socket is bound (`SO_BINDTODEVICE`, `SO_BINDTOIFINDEX`): all its
/// traffic takes that way. The program's end of a protected connection must not be bound to one, as
/// it only ever reaches us on this machine; without privileges it could never be unbound again. So
/// the device waits in the [SocketState] until it is known whose socket is meant.
public final class Device {
  private final int index;
  private final byte[] name;

  private Device(int index, byte[] name) {
    this.index = index;
    this.name = name;
  }

  /// The number of the interface, 0 for none.
  public int index() {
    return index;
  }

  /// What `getsockopt(SO_BINDTODEVICE)` says; not to be changed.
  public byte[] name() {
    return name;
  }

  /// What a program with these rights gets that asks for one, after `before`, on a fresh socket.
  public static Device ask(Optional<Device> before, Credentials program, int option, byte[] value)
      throws ErrnoException {
    int type = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK;
    try (var trial = Sockets.socket(SocketAddress.AF_INET, type, 0)) {
      if (before.isPresent()) {
        before.get().bind(trial);
      }
      return program.performWithIds(
          () -> {
            Sockets.setOption(trial, SOL_SOCKET, option, value);
            return of(trial);
          });
    }
  }

  /// The one that `socket` is bound to.
  public static Device of(Fd socket) throws ErrnoException {
    return new Device(
        Sockets.getsockopt(socket, SOL_SOCKET, Sockets.SO_BINDTOIFINDEX),
        Sockets.option(socket, SOL_SOCKET, Sockets.SO_BINDTODEVICE, Sockets.MAX_OPTION));
  }

  /// Binds `socket` to it.
  public void bind(Fd socket) throws ErrnoException {
    if (index != Sockets.getsockopt(socket, SOL_SOCKET, Sockets.SO_BINDTOIFINDEX)) {
      Sockets.setsockopt(socket, SOL_SOCKET, Sockets.SO_BINDTOIFINDEX, index);
    }
  }

  /// Frees `socket` from any. `EPERM` where we lack `CAP_NET_RAW` and it has one.
  public static void unbind(Fd socket) throws ErrnoException {
    new Device(0, new byte[0]).bind(socket);
  }
}
