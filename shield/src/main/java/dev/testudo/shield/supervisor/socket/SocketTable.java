package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketDeaths;
import dev.testudo.linux.sys.SocketDiag;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.Question;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The sockets about which the shield keeps state. The kernel does not report when the program
/// closes a socket, so a sweep checks some of them twice a second. A socket without special state
/// has no entry.
public final class SocketTable implements AutoCloseable {
  private static final int MAX_SOCKETS = 200_000;
  private static final Duration SWEEP = Duration.ofMillis(500);

  /// The minimum number of sockets to check per sweep. A full round takes at most eight seconds.
  private static final int SWEEP_MINIMUM = 200;

  private static final int SWEEPS_PER_ROUND = 16;

  private final Loop loop;
  private final SocketDiag diag = new SocketDiag();
  private final Map<Long, SocketState> sockets = new HashMap<>();
  private final Map<Long, SocketState> byInode = new HashMap<>();
  private final Map<Long, SocketState> listeners = new HashMap<>();
  private final Deque<Long> round = new ArrayDeque<>();
  private final Optional<SocketDeaths> deaths;
  private final SocketAccess access;
  private boolean sweeping;

  /// @param hidden the address of the program's ends of protected listeners
  public SocketTable(Loop loop, SocketWay way, Inet4Address hidden) throws ErrnoException {
    this.loop = loop;
    this.deaths = SocketDeaths.at(hidden);
    if (deaths.isPresent()) {
      loop.watch(deaths.get().fd(), Epoll.EPOLLIN, _ -> heardOfDeaths(deaths.get()));
    }
    this.access =
        switch (way) {
          case DUPLICATE -> new DuplicatedSockets();
          case SUPPLY -> new SuppliedSockets(loop, this);
        };
  }

  /// Returns the access to the sockets themselves.
  public SocketAccess access() {
    return access;
  }

  public SocketDiag diag() {
    return diag;
  }

  int size() {
    return sockets.size();
  }

  public Optional<SocketState> find(ProgramSocket socket) throws ErrnoException {
    if (sockets.isEmpty()) {
      return Optional.empty();
    }
    var state = Optional.ofNullable(sockets.get(socket.cookie()));
    state.ifPresent(known -> known.seen(socket.place()));
    return state;
  }

  public Optional<SocketState> find(long cookie) {
    return Optional.ofNullable(sockets.get(cookie));
  }

  /// Returns the state of a socket of which only the inode number is known.
  public Optional<SocketState> findByInode(long inode) {
    return Optional.ofNullable(byInode.get(inode));
  }

  /// Returns the state of `socket`, creating it if necessary.
  ///
  /// @throws ErrnoException `ENOBUFS` if there are too many sockets
  public SocketState obtain(ProgramSocket socket) throws ErrnoException {
    var known = find(socket);
    if (known.isPresent()) {
      return known.get();
    }
    return add(socket.fd(), socket.place());
  }

  public SocketState add(Fd socket, ProgramSocket.Place place) throws ErrnoException {
    if (sockets.size() >= MAX_SOCKETS) {
      throw new ErrnoException("table of sockets", Errno.ENOBUFS);
    }
    var state = new SocketState(Sockets.cookie(socket), Files.inode(socket), place);
    sockets.put(state.cookie(), state);
    byInode.put(state.inode(), state);
    if (!sweeping) {
      sweeping = true;
      loop.after(SWEEP, this::sweep);
    }
    return state;
  }

  /// Records the result of a connect for which no call of the program waits any more. The restarted
  /// call returns it, or `SO_ERROR`.
  public void recordUnheard(ProgramSocket socket, Optional<Question> question, Answer answer) {
    try {
      var state = obtain(socket);
      question.ifPresent(asked -> state.remember(asked, answer));
      state.setFailure(answer instanceof Answer.Failure(int errno) ? errno : 0);
    } catch (ErrnoException e) {
      // Too many sockets: the program then sees an unconnected socket without an error.
    }
  }

  /// Releases listening sockets that the program has closed, so that their ports are free at once.
  public void releaseDeadListeners() {
    sockets.values().forEach(state -> state.accepts().ifPresent(Arrivals::restIfIdle));
    access.releaseDead();
    release(_ -> true);
  }

  /// Releases closed listeners at `port`, so that a connect does not reach one that the program has
  /// just closed.
  public void releaseDeadListeners(int port) {
    if (!listeners.isEmpty()) {
      release(state -> state.listener().map(one -> one.isAt(port)).orElse(false));
    }
  }

  /// Releases closed listeners at `path`, spelled as in the rule.
  public void releaseDeadListeners(String path) {
    if (!listeners.isEmpty()) {
      release(state -> state.listener().map(one -> one.isAt(path)).orElse(false));
    }
  }

  private void release(Predicate<SocketState> which) {
    listeners.values().stream()
        .filter(which)
        .filter(state -> isGone(state, false))
        .toList()
        .forEach(this::remove);
  }

  /// Records that `state` is that of a protected listener.
  public void listens(SocketState state) {
    listeners.put(state.cookie(), state);
  }

  /// Called when the kernel reports destroyed sockets.
  private void heardOfDeaths(SocketDeaths source) {
    if (!source.drain(this::remove)) {
      releaseDeadListeners();
    }
  }

  /// Removes the socket with this cookie and frees everything that belongs to it.
  void remove(long cookie) {
    find(cookie).ifPresent(this::remove);
  }

  private void remove(SocketState state) {
    sockets.remove(state.cookie());
    byInode.remove(state.inode(), state);
    listeners.remove(state.cookie());
    state.release();
  }

  private void sweep() {
    if (round.isEmpty()) {
      round.addAll(sockets.keySet());
    }
    int count = Math.max(SWEEP_MINIMUM, sockets.size() / SWEEPS_PER_ROUND);
    for (int i = 0; i < count && !round.isEmpty(); i++) {
      var state = sockets.get(round.remove());
      if (state != null && isGone(state, true)) {
        remove(state);
      }
    }
    sweeping = !sockets.isEmpty();
    if (sweeping) {
      loop.after(SWEEP, this::sweep);
    }
  }

  /// Returns whether the socket is closed. `patiently` keeps a socket that is bound but does not
  /// listen yet for a while after it was last seen, because the kernel cannot be asked about it.
  private boolean isGone(SocketState state, boolean patiently) {
    try {
      // A pending attempt holds a duplicate, which keeps the socket open. It must be closed first.
      if (access.isInPlace(state)) {
        state.seen(state.place());
        return false;
      }
      if (state.pending().isPresent() && state.pending().get().letGo()) {
        return false;
      }
      return !state.existsElsewhere(diag) && !(patiently && state.isReservedLately());
    } catch (ErrnoException e) {
      // Unknown does not mean closed: without the state, the program would see wrong addresses.
      return false;
    }
  }

  @Override
  public void close() {
    sockets.values().forEach(SocketState::release);
    sockets.clear();
    byInode.clear();
    listeners.clear();
    access.close();
    deaths.ifPresent(SocketDeaths::close);
    diag.close();
  }
}
