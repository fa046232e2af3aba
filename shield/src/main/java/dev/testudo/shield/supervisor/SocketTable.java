package dev.testudo.shield.supervisor;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketDiag;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The sockets the shield knows something about. The kernel does not tell when the program closes
/// one, so a sweep looks at some of them twice a second; sockets without anything special never get
/// in.
final class SocketTable implements AutoCloseable {
  private static final int MAX_SOCKETS = 200_000;
  private static final Duration SWEEP = Duration.ofMillis(500);

  /// Looked at in one sweep: at least this many, and enough to come round within eight seconds.
  private static final int SWEEP_MINIMUM = 200;

  private static final int SWEEPS_PER_ROUND = 16;

  private final Loop loop;
  private final SocketDiag diag = new SocketDiag();
  private final Map<Long, SocketState> sockets = new HashMap<>();
  private final Deque<Long> round = new ArrayDeque<>();
  private boolean sweeping;

  SocketTable(Loop loop) throws ErrnoException {
    this.loop = loop;
  }

  SocketDiag diag() {
    return diag;
  }

  int size() {
    return sockets.size();
  }

  Optional<SocketState> find(ProgramSocket socket) {
    var state = Optional.ofNullable(sockets.get(socket.cookie()));
    state.ifPresent(known -> known.seen(socket.place()));
    return state;
  }

  Optional<SocketState> find(long cookie) {
    return Optional.ofNullable(sockets.get(cookie));
  }

  /// The state of `socket`, a new one if need be. `ENOBUFS` when there are too many.
  SocketState obtain(ProgramSocket socket) throws ErrnoException {
    var known = find(socket);
    if (known.isPresent()) {
      return known.get();
    }
    return add(socket.cookie(), socket.place());
  }

  SocketState add(long cookie, ProgramSocket.Place place) throws ErrnoException {
    if (sockets.size() >= MAX_SOCKETS) {
      throw new ErrnoException("table of sockets", Errno.ENOBUFS);
    }
    var state = new SocketState(cookie, place);
    sockets.put(cookie, state);
    if (!sweeping) {
      sweeping = true;
      loop.after(SWEEP, this::sweep);
    }
    return state;
  }

  /// An error that belongs to the program, which was not waiting for it any more: `SO_ERROR` tells
  /// it.
  void recordFailure(ProgramSocket socket, int errno) {
    if (errno == 0) {
      return;
    }
    try {
      obtain(socket).failure = errno;
    } catch (ErrnoException e) {
      // Too many sockets: the program then sees a connection that is not there, and no error.
    }
  }

  /// Lets go of listening sockets that the program has closed, so that their ports are free at
  /// once.
  void releaseDeadListeners() {
    sockets.values().forEach(state -> state.accepts.ifPresent(AcceptQueue::restIfIdle));
    sockets.values().removeIf(state -> state.listener.isPresent() && isGone(state, false));
  }

  private void sweep() {
    if (round.isEmpty()) {
      round.addAll(sockets.keySet());
    }
    int count = Math.max(SWEEP_MINIMUM, sockets.size() / SWEEPS_PER_ROUND);
    for (int i = 0; i < count && !round.isEmpty(); i++) {
      var state = sockets.get(round.remove());
      if (state != null && isGone(state, true)) {
        sockets.remove(state.cookie);
      }
    }
    sweeping = !sockets.isEmpty();
    if (sweeping) {
      loop.after(SWEEP, this::sweep);
    }
  }

  /// `patiently`: a socket that is bound but does not listen yet cannot be asked about, so it may
  /// stay a while after it was last seen.
  private boolean isGone(SocketState state, boolean patiently) {
    try {
      // An attempt under way holds a duplicate, and with it the socket: it lets go first.
      if (state.pending.isPresent() && !state.isInPlace() && state.pending.get().letGo()) {
        return false;
      }
      if (state.exists(diag) || (patiently && state.isReservedLately())) {
        return false;
      }
    } catch (ErrnoException e) {
      // Unknown is not gone: forgetting too early would show the program wrong addresses.
      return false;
    }
    state.release();
    return true;
  }

  @Override
  public void close() {
    sockets.values().forEach(SocketState::release);
    sockets.clear();
    diag.close();
  }
}
