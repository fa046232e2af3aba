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

/// A protected Unix socket that the program listens on. The file at its path is a socket of ours,
/// where peers speak TLS; the program's own socket, the very file description it made, lies at a
/// [HiddenPlace], where only we connect.
public final class UnixListener implements ProtectedListener {
  /// As long as the relay keeps a peer that nobody takes.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// The kernel does not tell when the program's queue has room again.
  private static final Duration PAUSE = Duration.ofMillis(5);

  private static final int STREAM = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK;

  private final Context context;
  private final UnixPath path;
  private final ServerTls tls;
  private final HiddenPlace hidden;
  private final long inode;
  private final Places places = new Places(0);

  /// Those that have reached the program's socket and were not accepted.
  private final Deque<Established> inQueue = new ArrayDeque<>();

  /// The socket at the path; the relay's while it listens.
  private final Fd front;

  private Optional<PublicListener> open = Optional.empty();
  private Optional<Credentials> listenedAs = Optional.empty();
  private int room;
  private boolean listened;
  private boolean narrow;

  /// @param path as the rule has it
  /// @param reserved the socket at that path
  /// @param hidden where the program's own socket is
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

  /// That of a socket, if it has one.
  static Optional<UnixListener> of(SocketState state) {
    return state.listener().filter(UnixListener.class::isInstance).map(UnixListener.class::cast);
  }

  /// The kernel can be asked about a Unix socket that does not listen, too.
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

  /// Nothing is set on it by the program.
  @Override
  public Optional<Fd> front() {
    return Optional.empty();
  }

  HiddenPlace hidden() {
    return hidden;
  }

  /// Starts to take connections, once the program's socket does, or changes how many may wait when
  /// it does already.
  ///
  /// @param program who calls; the calling thread acts as it
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
    context.events().on(new ShieldEvent.Listening(tls.rule(), path, true));
  }

  /// The program has accepted one that had reached its socket.
  void taken() {
    Optional.ofNullable(inQueue.poll()).ifPresent(Established::leaveQueue);
    fit();
  }

  /// While nobody is let in, the queue in front takes as few as can be: a connect that does not
  /// wait fails with `EAGAIN` then, as without the shield, and is not stuck behind the others.
  /// listen(2) tells peers who listens, so it is called as the program.
  private void fit() {
    boolean full = inQueue.size() >= room;
    if (full != narrow && listenedAs.isPresent()) {
      narrow = full;
      int length = full ? 0 : room - 1;
      try {
        listenedAs.get().performWithIds(() -> front.whileOpen(fd -> Sockets.listen(fd, length)));
      } catch (ErrnoException e) {
        // Then they wait in front.
      }
    }
  }

  /// Unlike one of TCP it never will again.
  @Override
  public void stopListening() {
    open.ifPresent(PublicListener::close);
    open = Optional.empty();
    inQueue.forEach(Established::leaveQueue);
    inQueue.clear();
  }

  /// The file at the path stays, as it always does.
  @Override
  public void release() {
    if (!listened) {
      front.close();
    }
    stopListening();
    hidden.close();
  }

  /// On a thread of the relay.
  private void arrived(Established peer) {
    if (!context.loop().post(() -> new Visit(peer).begin())) {
      peer.abandon("the shield has ended");
    }
  }

  /// Brings an authenticated peer to the program's socket.
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
        context.shortages().note(Side.INBOUND, "a peer is turned away", e.errno());
        peer.abandon("the program cannot be reached: " + e.getMessage());
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
          // It has been closed, so the next peer is to be refused at once.
          context.table().releaseDeadListeners(path.path());
        }
        peer.abandon("the program does not take it: " + Errno.name(errno));
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
