package dev.testudo.shield.supervisor.listen;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.HeldCall;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.path.HiddenPlace;
import dev.testudo.shield.supervisor.socket.Arrivals;
import dev.testudo.shield.supervisor.socket.LocalView;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The accept calls that wait on one listening socket, and the connections accepted for a call that
/// did not get them because of a signal or a full descriptor table.
public final class AcceptQueue implements Arrivals {
  /// How many connections that are not the relay's one call discards at most.
  private static final int MAX_STRANGERS = 64;

  /// How long to wait for a descriptor before the next attempt.
  private static final Duration SHORTAGE = Duration.ofMillis(100);

  private final Context context;
  private final SocketState state;
  private final Deque<HeldCall> waiting = new ArrayDeque<>();
  private final Deque<Arrival> kept = new ArrayDeque<>();
  private final Map<SocketAddress, Fd> bells = new HashMap<>();
  private Optional<Fd> watched = Optional.empty();
  private long watch;

  /// Whether the watch is paused.
  private boolean pausing;

  private Runnable serve = () -> {};

  /// A connection for the program.
  ///
  /// @param peer the address to show to the program; empty for the kernel's
  /// @param ends the addresses to show for the connection, where they are not the kernel's
  /// @param visitor the protected peer behind the connection
  record Arrival(
      Fd fd,
      Optional<Inet> peer,
      Optional<SocketState.Ends> ends,
      Optional<PrivateListener.Visitor> visitor) {
    /// Returns a connection about which the kernel's answers are right.
    static Arrival plain(Fd fd, Optional<Inet> peer) {
      return new Arrival(fd, peer, Optional.empty(), Optional.empty());
    }

    boolean isUnix() {
      return peer.isEmpty();
    }

    /// Returns the encoded address of the peer.
    byte[] peerName() throws ErrnoException {
      return peer.isPresent() ? peer.get().encode() : Sockets.rawPeername(fd);
    }
  }

  /// Returns the queue of a socket, if it has one.
  static Optional<AcceptQueue> of(SocketState state) {
    return state.accepts().filter(AcceptQueue.class::isInstance).map(AcceptQueue.class::cast);
  }

  AcceptQueue(Context context, SocketState state) {
    this.context = context;
    this.state = state;
  }

  /// Returns the next connection of the listening socket `listener`, or empty if there is none now.
  Optional<Arrival> next(Fd listener) throws ErrnoException {
    if (!kept.isEmpty()) {
      return Optional.of(kept.remove());
    }
    for (int i = 0; i < MAX_STRANGERS; i++) {
      // Poll first: the descriptor may be in blocking mode, which it shares with the program. Only
      // this thread accepts from it, because all of the program's accept calls come here.
      if (Sockets.poll(listener, Epoll.EPOLLIN) == 0) {
        return Optional.empty();
      }
      var accepted = Sockets.accept4(listener, 0);
      if (accepted.isEmpty()) {
        return Optional.empty();
      }
      var arrival = admit(accepted.get());
      if (arrival.isPresent()) {
        return arrival;
      }
      accepted.get().fd().close();
    }
    return Optional.empty();
  }

  /// Returns the connection as the program is to see it, or empty if it is not for the program.
  private Optional<Arrival> admit(Sockets.Accepted accepted) throws ErrnoException {
    var from = accepted.peer() instanceof Inet inet ? inet.canonical() : accepted.peer();
    var bell = Optional.ofNullable(bells.remove(from));
    bell.ifPresent(Fd::close);
    if (bell.isPresent()) {
      return Optional.empty();
    }
    if (!(accepted.peer() instanceof Inet peer)) {
      var listener = UnixListener.of(state);
      if (listener.isPresent() && !HiddenPlace.isOurs(accepted.fd())) {
        return Optional.empty();
      }
      listener.ifPresent(UnixListener::taken);
      return Optional.of(Arrival.plain(accepted.fd(), Optional.empty()));
    }
    var listener = PrivateListener.of(state);
    return listener.isEmpty()
        ? Optional.of(Arrival.plain(accepted.fd(), Optional.of(peer)))
        : visitor(listener.get(), accepted.fd(), peer);
  }

  private static Optional<Arrival> visitor(PrivateListener listener, Fd fd, Inet peer) {
    boolean inet6 = peer instanceof SocketAddress.Inet6;
    return listener
        .admit(peer)
        .map(
            visitor -> {
              var shown =
                  new SocketState.Ends(
                      LocalView.inFamily(inet6, visitor.local()),
                      LocalView.inFamily(inet6, visitor.peer()));
              return new Arrival(
                  fd, Optional.of(shown.peer()), Optional.of(shown), Optional.of(visitor));
            });
  }

  /// Keeps a connection for the next call. A program that polls the listening socket no longer sees
  /// it there, so the shield makes an empty connection in its place (a wake-up).
  void keep(Arrival arrival, Fd listener) {
    kept.add(arrival);
    if (!waiting.isEmpty()) {
      context.loop().post(serve);
    }
    try {
      if (isRung()) {
        return;
      }
      var unix = UnixListener.of(state);
      if (unix.isPresent()) {
        ringUnix(unix.get().hidden());
      } else if (Sockets.getsockname(listener) instanceof Inet local) {
        ring(context.sockets().view().reachable(local));
      }
    } catch (ErrnoException e) {
      // A polling program then sees the kept connection together with the next one.
    }
  }

  /// Returns whether a wake-up connection is there already. Nobody accepts it before all kept
  /// connections are taken, so one is enough. Each costs a descriptor and a place in the listening
  /// socket's queue. Drops a wake-up that failed because the queue was full.
  private boolean isRung() throws ErrnoException {
    for (var bell : List.copyOf(bells.entrySet())) {
      if ((Sockets.poll(bell.getValue(), 0) & (Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0) {
        bells.remove(bell.getKey());
        bell.getValue().close();
      }
    }
    return !bells.isEmpty();
  }

  private void ring(Inet address) throws ErrnoException {
    boolean inet6 = address instanceof SocketAddress.Inet6;
    int domain = inet6 ? SocketAddress.AF_INET6 : SocketAddress.AF_INET;
    var bell = Sockets.socket(domain, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, 0);
    try {
      int errno = Sockets.connect(bell, address);
      if (errno != 0 && errno != Errno.EINPROGRESS) {
        throw new ErrnoException("connect", errno);
      }
      bells.put(ProgramSocket.inet(Sockets.getsockname(bell)), bell);
    } catch (ErrnoException e) {
      bell.close();
      throw e;
    }
  }

  /// Connects a wake-up to a Unix socket. Its own abstract name distinguishes it from a peer.
  private void ringUnix(HiddenPlace place) throws ErrnoException {
    int type = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK;
    var bell = Sockets.socket(SocketAddress.AF_UNIX, type, 0);
    try {
      Sockets.bind(bell, new SocketAddress.UnixUnnamed());
      int errno = place.connect(bell);
      if (errno != 0) {
        throw new ErrnoException("connect", errno);
      }
      bells.put(Sockets.getsockname(bell), bell);
    } catch (ErrnoException e) {
      bell.close();
      throw e;
    }
  }

  /// Makes `call` wait for a connection. `serve` serves waiting calls; it runs when the socket
  /// becomes readable.
  void hold(StoppedCall call, ProgramSocket socket, Runnable serve) throws ErrnoException {
    long timeout = Sockets.timeoutNanos(socket.fd(), Sockets.SO_RCVTIMEO);
    var none = new Answer.Failure(Errno.EAGAIN);
    this.serve = serve;
    if (watched.isEmpty()) {
      var fd = socket.fd().duplicate();
      watch = context.loop().watch(fd, Epoll.EPOLLIN, _ -> serve.run());
      watched = Optional.of(fd);
    }
    waiting.add(HeldCall.hold(context.loop(), call, timeout, none, this::restIfIdle));
  }

  /// Removes and returns the longest-waiting call that is still suspended.
  Optional<HeldCall> nextWaiting() {
    while (!waiting.isEmpty()) {
      var held = waiting.remove();
      if (held.isStopped()) {
        return Optional.of(held);
      }
      held.drop();
    }
    return Optional.empty();
  }

  void waitOn(HeldCall held) {
    waiting.addFirst(held);
  }

  /// Stops accepting for a moment, because no descriptor is free.
  void pause() {
    if (watched.isPresent() && !pausing) {
      pausing = true;
      context.loop().unwatch(watch, watched.get());
      context.loop().after(SHORTAGE, this::resume);
    }
  }

  private void resume() {
    if (pausing && watched.isPresent()) {
      pausing = false;
      try {
        watch = context.loop().watch(watched.get(), Epoll.EPOLLIN, _ -> serve.run());
      } catch (ErrnoException e) {
        throw new IllegalStateException("a socket that was watched before", e);
      }
    }
  }

  /// Returns the watched duplicate of the listening socket.
  Optional<Fd> watched() {
    return watched;
  }

  /// Drops calls that have been interrupted. If none waits, closes the duplicate, which would keep
  /// open a socket that the program has closed.
  @Override
  public void restIfIdle() {
    waiting.removeIf(
        held -> {
          boolean ended = !held.isStopped();
          if (ended) {
            held.drop();
          }
          return ended;
        });
    if (waiting.isEmpty() && watched.isPresent()) {
      context.loop().unwatch(watch, watched.get());
      watched.get().close();
      watched = Optional.empty();
      pausing = false;
    }
  }

  @Override
  public void close() {
    waiting.forEach(HeldCall::drop);
    waiting.clear();
    restIfIdle();
    kept.forEach(arrival -> arrival.fd().close());
    kept.clear();
    bells.values().forEach(Fd::close);
    bells.clear();
  }
}
