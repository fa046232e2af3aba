package dev.testudo.shield.supervisor.connect;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.supervisor.path.HiddenPlace;

/// The listening Unix socket to which the shield connects the program's sockets while it
/// authenticates their peers. There is one for each address that the program connects to: the
/// kernel shows the program the gate's name, which must be translated back to that address.
public final class UnixGate implements AutoCloseable {
  private final Fd listener;
  private final HiddenPlace place;

  private UnixGate(Fd listener, HiddenPlace place) {
    this.listener = listener;
    this.place = place;
  }

  static UnixGate open() throws ErrnoException {
    int type = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK;
    var listener = Sockets.socket(SocketAddress.AF_UNIX, type, 0);
    try {
      Sockets.takeNoDescriptors(listener);
      var place = HiddenPlace.bind(listener);
      HiddenPlace.asNobody(
          () -> {
            Sockets.listen(listener, 1);
            return place;
          });
      return new UnixGate(listener, place);
    } catch (ErrnoException e) {
      listener.close();
      throw e;
    }
  }

  /// Returns the name that the kernel shows.
  String name() {
    return place.name();
  }

  /// Connects `program` and returns the other end. Never blocks: nobody else connects here, so the
  /// queue always has room.
  Fd admit(Fd program) throws ErrnoException {
    if (!listener.isOpen()) {
      throw new ErrnoException("connect to a closed gate", Errno.ECONNABORTED);
    }
    int errno = place.connect(program);
    if (errno != 0) {
      throw new ErrnoException("connect to a gate", errno);
    }
    var accepted = Sockets.accept4(listener, Sockets.SOCK_NONBLOCK);
    if (accepted.isEmpty()) {
      throw new ErrnoException("accept at a gate", Errno.ECONNABORTED);
    }
    var leg = accepted.get().fd();
    if (!HiddenPlace.isOurs(leg)) {
      leg.close();
      throw new ErrnoException("another process connected to a gate", Errno.ECONNABORTED);
    }
    return leg;
  }

  @Override
  public void close() {
    listener.close();
    place.close();
  }
}
