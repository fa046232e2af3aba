package dev.testudo.shield.supervisor.listen;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.linux.sys.SocketDiag;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.Shortages.Side;
import dev.testudo.shield.relay.Established;
import dev.testudo.shield.relay.Places;
import dev.testudo.shield.relay.PublicListener;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.path.HiddenPlace;
import dev.testudo.shield.supervisor.socket.ProtectedListener;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// A protected Unix socket on which the program listens. The file at its path is a socket of the
/// shield, where peers speak TLS. The program's own socket is bound to a [HiddenPlace], where only
/// the shield connects.
public final class UnixListener implements ProtectedListener {
  /// How long the relay keeps a peer that the program does not take.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// How often to retry while the program's queue is full. The kernel does not report when it
  /// has room.
  private static final Duration PAUSE = Duration.ofMillis(5);

  private static final int STREAM = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK;

  private final Context context;
  private final UnixPath path;
  private final ServerTls tls;
  private final HiddenPlace hidden;
  private final long inode;
  private final Places places = new Places(0);

  /// The peers that are in the queue of the program's socket.
  private final Deque<Established> inQueue = new ArrayDeque<>();

  /// The socket at the path. The relay owns it while it listens.
  private final Fd front;

  private Optional<PublicListener> open = Optional.empty();
  private Optional<Credentials> listenedAs = Optional.empty();
  private int room;
  private boolean listened;
  private boolean narrow;

  /// @param path the path as in the rule
  /// @param reserved the socket at that path
  /// @param hidden the place of the program's own socket
  /// @param inode the inode number of the program's own socket
  UnixListener(
      Context context, String path, ServerTls tls, Fd reserved, HiddenPlace hidden, long inode) {
    this.context = context;
    this.path = new UnixPath(path);
    this.tls = tls;
    this.front = reserved;
    this.hidden = hidden;
    this.inode = inode;
  }

  /// Returns the listener of a socket, if it has one.
  static Optional<UnixListener> of(SocketState state) {
    return state.listener().filter(UnixListener.class::isInstance).map(UnixListener.class::cast);
  }

  /// Returns false: the kernel can be asked about a Unix socket even if it does not listen.
  @Override
  public boolean isReserved() {
    return false;
  }

  @Override
  public boolean exists(SocketDiag diag, long cookie) throws ErrnoException {
    return diag.exists(inode, cookie);
  }

  @Override
  public boolean isAt(int port) {
    return false;
  }

  @Override
  public boolean isAt(String asked) {
    return path.path().equals(asked);
  }

  /// Returns empty, because the program's socket options do not apply to it.
  @Override
  public Optional<Fd> front() {
    return Optional.empty();
  }

  HiddenPlace hidden() {
    return hidden;
  }

  /// Starts to accept connections once the program's socket listens, or changes how many may wait.
  ///
  /// @param program the caller, whose ids the calling thread has
  void listen(int backlog, Credentials program) throws ErrnoException {
    if (listened && open.isEmpty()) {
      return;
    }
    room = Backlog.places(backlog);
    narrow = false;
    listenedAs = Optional.of(program);
    places.limit(room);
    if (listened) {
      front.whileOpen(fd -> Sockets.listen(fd, room - 1));
      fit();
      return;
    }
    Sockets.listen(front, room - 1);
    listened = true;
    open = Optional.of(context.secureSide().listen(front, tls, places, this::arrived));
    context.reports().events().on(new ShieldEvent.Listening(tls.rule(), path, true));
  }

  /// Called when the program has accepted a connection from its socket's queue.
  void taken() {
    Optional.ofNullable(inQueue.poll()).ifPresent(Established::leaveQueue);
    fit();
  }

  /// Adjusts the queue of the public socket. While the program's queue is full, the public one is
  /// as short as possible, so that a non-blocking connect fails with `EAGAIN` as without the
  /// shield. Peers can query the ids of the thread that called listen(2), so this calls it with
  /// the program's.
  private void fit() {
    boolean full = inQueue.size() >= room;
    if (full != narrow && listenedAs.isPresent()) {
      narrow = full;
      int length = full ? 0 : room - 1;
      try {
        listenedAs.get().performWithIds(() -> front.whileOpen(fd -> Sockets.listen(fd, length)));
      } catch (ErrnoException e) {
        // The peers wait in the public socket's queue instead.
      }
    }
  }

  /// Stops listening for good. Unlike a TCP socket, a Unix socket cannot listen again.
  @Override
  public void stopListening() {
    open.ifPresent(PublicListener::close);
    open = Optional.empty();
    inQueue.forEach(Established::leaveQueue);
    inQueue.clear();
  }

  /// Releases the listener. As always with Unix sockets, the file at the path stays.
  @Override
  public void release() {
    if (!listened) {
      front.close();
    }
    stopListening();
    hidden.close();
  }

  /// Called on a thread of the relay.
  private void arrived(Established peer) {
    if (!context.loop().post(() -> new Visit(peer).begin())) {
      peer.abandon("the shield has ended");
    }
  }

  /// Delivers an authenticated peer to the program's socket.
  private final class Visit {
    private final Established peer;
    private final long until = System.nanoTime() + PATIENCE.toNanos();

    Visit(Established peer) {
      this.peer = peer;
    }

    void begin() {
      try {
        var leg = Sockets.socket(SocketAddress.AF_UNIX, STREAM, 0);
        Sockets.takeNoDescriptors(leg);
        knock(leg);
      } catch (ErrnoException e) {
        context.reports().shortages().note(Side.INBOUND, "a peer is refused", e.errno());
        peer.abandon("the program's listener cannot be reached: " + e.getMessage());
      }
    }

    private void knock(Fd leg) {
      int errno = connect(leg);
      if (errno == 0) {
        inQueue.add(peer);
        peer.start(leg);
        fit();
      } else if (errno == Errno.EAGAIN && System.nanoTime() < until) {
        // The program's backlog is full.
        context.loop().after(PAUSE, () -> knock(leg));
      } else {
        leg.close();
        if (errno == Errno.ECONNREFUSED) {
          // The program has closed the socket. Release it so that the next peer is refused at once.
          context.sockets().table().releaseDeadListeners(path.path());
        }
        peer.abandon("the program does not accept the peer: " + Errno.name(errno));
      }
    }

    private int connect(Fd leg) {
      if (!hidden.file().isOpen()) {
        return Errno.ECONNREFUSED;
      }
      try {
        return HiddenPlace.asNobody(() -> hidden.connect(leg));
      } catch (ErrnoException e) {
        return e.errno();
      }
    }
  }
}
