package dev.testudo.shield.supervisor.socket;

import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import java.util.Optional;

/// A network device to which a socket is bound (`SO_BINDTODEVICE`, `SO_BINDTOIFINDEX`), which all
/// its traffic then uses.
///
/// The program's end of a protected connection stays on this machine and must not be bound to a
/// device. Without privileges it could not be unbound later. So the [SocketState] keeps the device
/// until it is known which socket needs it.
public final class Device {
  private final int index;
  private final byte[] name;

  private Device(int index, byte[] name) {
    this.index = index;
    this.name = name;
  }

  /// Returns the interface index, or 0 for none.
  public int index() {
    return index;
  }

  /// Returns the value of `getsockopt(SO_BINDTODEVICE)`. Callers must not modify the array.
  public byte[] name() {
    return name;
  }

  /// Tries on a fresh socket, bound to `before`, which device a program with these rights gets.
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

  /// Returns the device that `socket` is bound to.
  public static Device of(Fd socket) throws ErrnoException {
    return new Device(
        Sockets.getsockopt(socket, SOL_SOCKET, Sockets.SO_BINDTOIFINDEX),
        Sockets.option(socket, SOL_SOCKET, Sockets.SO_BINDTODEVICE, Sockets.MAX_OPTION));
  }

  /// Binds `socket` to this device.
  public void bind(Fd socket) throws ErrnoException {
    if (index != Sockets.getsockopt(socket, SOL_SOCKET, Sockets.SO_BINDTOIFINDEX)) {
      Sockets.setsockopt(socket, SOL_SOCKET, Sockets.SO_BINDTOIFINDEX, index);
    }
  }

  /// Unbinds `socket` from any device.
  ///
  /// @throws ErrnoException `EPERM` if it is bound and this process lacks `CAP_NET_RAW`
  public static void unbind(Fd socket) throws ErrnoException {
    new Device(0, new byte[0]).bind(socket);
  }
}
