package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.ProcessIdentity;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.supervisor.call.StoppedCall;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tracks which process of the program is at the other end of a Unix socket. For `SO_PEERCRED`, the
/// kernel records the process that calls connect(2) or listen(2), which is the shield. User and
/// groups are the program's, because the shield makes these calls with its ids.
///
/// The real process is known only if both ends belong to this shield. The kernel reports a peer
/// outside correctly. A peer outside sees the shield's process.
public final class UnixPeers {
  /// The maximum number of duplicates of connections that wait to be accepted, and the fraction of
  /// this process's descriptors to use for them.
  private static final int MOST_WAITING = 1024;

  private static final int SHARE = 8;
  private static final Duration LOOK = Duration.ofMillis(500);

  /// The place of a socket that was not seen anywhere. The kernel is asked whether it exists.
  private static final ProgramSocket.Place NOWHERE = new ProgramSocket.Place(0, -1);

  private final Loop loop;
  private final SocketTable table;
  private final int own = Math.toIntExact(ProcessHandle.current().pid());
  private final int mostWaiting;
  private final Map<Long, Waiting> waiting = new HashMap<>();
  private final Map<Long, Listening> listening = new HashMap<>();
  private boolean looking;

  /// A connection that the other side has not accepted. The program may close its end before that
  /// happens, so a duplicate keeps it open.
  private record Waiting(Fd socket, ProcessIdentity by) {}

  /// @param name the encoded address, which a connecting socket sees
  private record Listening(long inode, ByteBuffer name, ProcessIdentity by) {}

  public UnixPeers(Loop loop, SocketTable table) throws ErrnoException {
    this.loop = loop;
    this.table = table;
    this.mostWaiting = Math.clamp(Fd.limit() / SHARE, 1, MOST_WAITING);
  }

  /// Returns whether the kernel reported this process as the peer.
  public boolean isUs(Sockets.Peer told) {
    return told.process() == own;
  }

  /// Called before the program's `socket` connects. A call of [#settled] must follow.
  ///
  /// @return the argument for [#settled]
  public long connecting(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    long inode = Files.inode(socket.fd());
    if (socket.type() == Sockets.SOCK_DGRAM) {
      return inode;
    }
    forget(inode);
    if (waiting.size() < mostWaiting) {
      var by = ProcessIdentity.ofThread(call.tid());
      call.confirm();
      waiting.put(inode, new Waiting(socket.fd().duplicate(), by));
      look();
    }
    return inode;
  }

  /// Called when the attempt has succeeded or failed.
  public void settled(long inode) {
    var connected = waiting.get(inode);
    if (connected == null) {
      return;
    }
    try {
      if (!isUs(Sockets.peer(connected.socket()))) {
        // The attempt failed, or the listener does not belong to this shield.
        forget(inode);
        return;
      }
      var server = server(connected.socket(), inode);
      if (server.isPresent()) {
        tell(connected.socket(), NOWHERE, server.get());
      }
    } catch (ErrnoException e) {
      forget(inode);
    }
  }

  /// Returns the process that listens where `client` has just connected. Names are not unique: a
  /// relative path means something else in another directory.
  private Optional<ProcessIdentity> server(Fd client, long inode) throws ErrnoException {
    var name = ByteBuffer.wrap(Sockets.rawPeername(client));
    listening.keySet().removeIf(cookie -> table.find(cookie).isEmpty());
    var named =
        listening.entrySet().stream()
            .filter(entry -> entry.getValue().name().equals(name))
            .toList();
    if (named.size() == 1) {
      return Optional.of(named.getFirst().getValue().by());
    }
    for (var candidate : named) {
      var place = candidate.getValue();
      if (table.diag().unixPending(place.inode(), candidate.getKey()).contains(inode)) {
        return Optional.of(place.by());
      }
    }
    return Optional.empty();
  }

  /// Called when the program listens on `socket`.
  public void listens(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    var by = ProcessIdentity.ofThread(call.tid());
    call.confirm();
    var state = table.obtain(socket);
    state.setListenedBy(Optional.of(by));
    var name = ByteBuffer.wrap(Sockets.rawSockname(socket.fd()));
    listening.put(state.cookie(), new Listening(state.inode(), name, by));
  }

  /// Called before the program gets an accepted connection at `place`.
  public void accepted(Fd connection, ProgramSocket.Place place, Fd listener)
      throws ErrnoException {
    if (!isUs(Sockets.peer(connection))) {
      return;
    }
    var behind = table.find(Sockets.cookie(listener));
    if (behind.flatMap(SocketState::listener).isPresent()) {
      state(connection, place).setPeer(Optional.of(UnixPeer.REMOTE));
      return;
    }
    long cookie = Sockets.cookie(connection);
    long client = table.diag().unixPeer(Files.inode(connection), cookie);
    var known = Optional.ofNullable(waiting.get(client));
    if (known.isPresent()) {
      tell(connection, place, known.get().by());
      var server = behind.flatMap(SocketState::listenedBy);
      if (server.isPresent()) {
        tell(known.get().socket(), NOWHERE, server.get());
      }
      forget(client);
    }
  }

  private void tell(Fd socket, ProgramSocket.Place place, ProcessIdentity other)
      throws ErrnoException {
    state(socket, place)
        .setPeer(Optional.of(UnixPeer.of(Sockets.peer(socket), Optional.of(other))));
  }

  private SocketState state(Fd socket, ProgramSocket.Place place) throws ErrnoException {
    var known = table.find(Sockets.cookie(socket));
    return known.isPresent() ? known.get() : table.add(socket, place);
  }

  private void forget(long inode) {
    var known = waiting.remove(inode);
    if (known != null) {
      known.socket().close();
    }
  }

  private void look() {
    if (!looking) {
      looking = true;
      loop.after(LOOK, this::dropEnded);
    }
  }

  /// Drops connections whose listener has closed without accepting them.
  private void dropEnded() {
    Map.copyOf(waiting)
        .forEach(
            (inode, known) -> {
              if (hasEnded(known.socket())) {
                forget(inode);
              }
            });
    looking = false;
    if (!waiting.isEmpty()) {
      look();
    }
  }

  private boolean hasEnded(Fd socket) {
    try {
      boolean connected = isUs(Sockets.peer(socket));
      return connected && (Sockets.poll(socket, 0) & Epoll.EPOLLHUP) != 0;
    } catch (ErrnoException e) {
      return true;
    }
  }

  public void close() {
    List.copyOf(waiting.keySet()).forEach(this::forget);
  }
}
