package dev.testudo.shield.supervisor.connect;

import static dev.testudo.linux.sys.Sockets.IPPROTO_TCP;
import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.DescriptorTables;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.lang.foreign.Arena;
import java.util.Set;

/// Called when the peer of a protected connection no longer answers. Makes the kernel end the
/// program's own socket with `ETIMEDOUT`, as it ended the socket to the peer.
///
/// The relay's end is already silent. So the program's end needs only one unacknowledged byte,
/// which nobody reads, and minimal timeouts. If the shield has no access to the program's socket
/// ([SocketWay#SUPPLY]), the program's own socket options end it, if it set any, or the relay
/// resets it.
public final class Vanished implements Runnable {
  private static final byte[] NOTHING_MORE = {'.'};

  private final Context context;

  /// The cookie of the program's socket; 0 until the program has it.
  private long cookie;

  public Vanished(Context context) {
    this.context = context;
  }

  /// Sets the cookie of the program's socket.
  public void of(long socket) {
    cookie = socket;
  }

  @Override
  public void run() {
    if (!context.loop().post(this::find)) {
      // The shield stops, and the connection ends with it.
      cookie = 0;
    }
  }

  private void find() {
    var state = context.sockets().table().find(cookie);
    if (state.isPresent() && !end(state.get())) {
      search(state.get());
    }
  }

  /// Searches on another thread, because there may be many descriptors.
  private void search(SocketState state) {
    try {
      context.blockingCalls().start(() -> look(state));
    } catch (ErrnoException e) {
      // All threads are busy: the relay will reset the connection.
    }
  }

  private void look(SocketState state) {
    try {
      var place = DescriptorTables.find(Set.of(state.inode())).get(state.inode());
      if (place != null) {
        context.loop().post(() -> endAt(state, place));
      }
    } catch (ErrnoException e) {
      // No descriptor is free for the search: the relay will reset the connection.
    }
  }

  private void endAt(SocketState state, ProgramSocket.Place place) {
    state.seen(place);
    end(state);
  }

  private boolean end(SocketState state) {
    var socket = context.sockets().table().access().again(state);
    socket.ifPresent(
        ours -> {
          try (ours) {
            loseThePatience(ours.fd());
          } catch (ErrnoException e) {
            // The connection has ended already.
          }
        });
    return socket.isPresent();
  }

  private static void loseThePatience(Fd socket) throws ErrnoException {
    Sockets.setsockopt(socket, IPPROTO_TCP, Sockets.TCP_KEEPIDLE, 1);
    Sockets.setsockopt(socket, IPPROTO_TCP, Sockets.TCP_KEEPINTVL, 1);
    Sockets.setsockopt(socket, IPPROTO_TCP, Sockets.TCP_KEEPCNT, 1);
    Sockets.setsockopt(socket, SOL_SOCKET, Sockets.SO_KEEPALIVE, 1);
    Sockets.setsockopt(socket, IPPROTO_TCP, Sockets.TCP_USER_TIMEOUT, 1);
    try (var arena = Arena.ofConfined()) {
      Sockets.send(
          socket, arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_BYTE, NOTHING_MORE));
    }
  }
}
