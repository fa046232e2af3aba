package dev.testudo.shield.supervisor.socket;

import static dev.testudo.linux.sys.Errno.EBADF;
import static dev.testudo.linux.sys.Errno.ENOBUFS;
import static dev.testudo.linux.sys.Errno.ENOENT;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.socket.ProgramSocket.Place;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Implements [SocketWay#SUPPLY]. The supervisor performs the program's socket(2) call, injects the
/// descriptor and keeps a duplicate. It finds the duplicate again by the inode number that `/proc`
/// shows for the program's descriptor.
///
/// A connected socket is released, because a duplicate would delay its end. The supervisor notices
/// that the program has closed a socket by checking where it was last seen.
public final class SuppliedSockets implements SocketAccess {
  private static final int MAX_KEPT = 100_000;
  private static final Duration LOOK = Duration.ofMillis(300);
  private static final int LOOKS_MINIMUM = 1_000;
  private static final int LOOKS_PER_ROUND = 16;

  /// A socket may be in no descriptor table for a moment, while it is in an `SCM_RIGHTS` message.
  private static final int MISSED_TO_BE_GONE = 2;

  private final Loop loop;
  private final SocketTable table;
  private final Map<Long, Kept> byInode = new HashMap<>();
  private final Map<Long, Kept> byCookie = new HashMap<>();
  private final Deque<Long> round = new ArrayDeque<>();
  private Function<ProgramSocket, Optional<SocketState.Names>> names = _ -> Optional.empty();
  private boolean looking;
  private boolean searching;

  /// A socket of the program of which the supervisor has a duplicate.
  private static final class Kept {
    final Fd fd;
    final long inode;
    final long cookie;
    Place place;
    Optional<Long> watch = Optional.empty();

    /// Whether a connect of it is held. The holder reports the end of that connect.
    boolean held;

    /// How many consecutive searches have not found it.
    int missed;

    Kept(Fd fd, Place place) throws ErrnoException {
      this.fd = fd;
      this.inode = Files.inode(fd);
      this.cookie = Sockets.cookie(fd);
      this.place = place;
    }
  }

  SuppliedSockets(Loop loop, SocketTable table) {
    this.loop = loop;
    this.table = table;
  }

  /// Sets the source of the names that the program sees of a socket, where they are not
  /// the kernel's.
  public void namedBy(Function<ProgramSocket, Optional<SocketState.Names>> source) {
    names = source;
  }

  /// Performs socket(2). The filter has already allowed this kind of socket.
  public Answer supply(StoppedCall call) throws ErrnoException {
    if (byInode.size() >= MAX_KEPT) {
      releaseDead();
      if (byInode.size() >= MAX_KEPT) {
        throw new ErrnoException("sockets of the program", ENOBUFS);
      }
    }
    var made = make(call);
    boolean closeOnExec = (call.intArgument(1) & Sockets.SOCK_CLOEXEC) != 0;
    int number = call.answerWithDescriptor(made, closeOnExec);
    if (number < 0) {
      made.close();
      return number == -ENOENT ? Answer.GIVEN : new Answer.Failure(-number);
    }
    keep(new Kept(made, new Place(call.tid(), number)));
    return Answer.GIVEN;
  }

  /// Creates the socket with the ids of the program, which the kernel checks later, and no
  /// more rights.
  private static Fd make(StoppedCall call) throws ErrnoException {
    int domain = call.intArgument(0);
    int type = call.intArgument(1);
    int protocol = call.intArgument(2);
    var program = Credentials.of(call.tid());
    call.confirm();
    return program.performWithIds(() -> Sockets.socket(domain, type, protocol));
  }

  private void keep(Kept socket) {
    byInode.put(socket.inode, socket);
    byCookie.put(socket.cookie, socket);
    if (!looking) {
      looking = true;
      loop.after(LOOK, this::look);
    }
  }

  @Override
  public Optional<ProgramSocket> borrow(StoppedCall call) throws ErrnoException {
    var place = new Place(call.tid(), call.intArgument(0));
    if (place.descriptor() < 0) {
      throw new ErrnoException("descriptor", EBADF);
    }
    long inode = DescriptorTables.inodeAt(place.tid(), place.descriptor());
    call.confirm();
    var known = Optional.ofNullable(byInode.get(inode));
    if (known.isEmpty()) {
      return Optional.empty();
    }
    known.get().place = place;
    known.get().missed = 0;
    return Optional.of(ProgramSocket.owning(known.get().fd.duplicate(), place));
  }

  @Override
  public boolean isInPlace(SocketState state) {
    return byCookie.containsKey(state.cookie())
        || DescriptorTables.isAt(state.place(), state.inode());
  }

  @Override
  public Optional<ProgramSocket> again(SocketState state) {
    return Optional.empty();
  }

  @Override
  public void connecting(ProgramSocket socket, Answer answer) throws ErrnoException {
    var known = Optional.ofNullable(byCookie.get(socket.cookie()));
    if (known.isEmpty() || socket.type() == Sockets.SOCK_DGRAM) {
      return;
    }
    var kept = known.get();
    // While the connect of a Unix socket is held, the table has it as a pending one.
    kept.held |= answer instanceof Answer.Held && socket.isTcp();
    if (!releaseConnected(kept) && kept.watch.isEmpty()) {
      watch(kept);
    }
  }

  private void watch(Kept kept) {
    try {
      // Edge-triggered: each change of the socket's state is reported.
      int edges = Epoll.EPOLLOUT | Epoll.EPOLLET;
      kept.watch = Optional.of(loop.watch(kept.fd, edges, _ -> releaseConnected(kept)));
    } catch (ErrnoException e) {
      // The next periodic check will find it connected.
    }
  }

  @Override
  public void connectEnded(long cookie) {
    var known = Optional.ofNullable(byCookie.get(cookie));
    known.ifPresent(kept -> kept.held = false);
    known.ifPresent(this::releaseConnected);
  }

  /// Releases a socket that has a peer. A duplicate delays the end of a stream only.
  private boolean releaseConnected(Kept kept) {
    if (kept.held
        || table.find(kept.cookie).map(state -> state.pending().isPresent()).orElse(false)) {
      return false;
    }
    try {
      var socket = ProgramSocket.of(kept.fd, kept.place);
      if (socket.type() == Sockets.SOCK_DGRAM || !socket.isConnected()) {
        return false;
      }
      var shown = names.apply(socket);
      // As in the kernel, the first connect after a non-blocking one succeeds.
      boolean settlesLater =
          socket.isTcp() && Sockets.connect(kept.fd, Sockets.rawPeername(kept.fd)) == 0;
      if (shown.isPresent() || settlesLater) {
        remember(socket, shown, settlesLater);
      }
    } catch (ErrnoException e) {
      return false;
    }
    forget(kept);
    return true;
  }

  private void remember(
      ProgramSocket socket, Optional<SocketState.Names> shown, boolean settlesLater)
      throws ErrnoException {
    var state = table.obtain(socket);
    state.setNames(shown);
    state.setSettlesLater(settlesLater);
    if (socket.isTcp() && state.real().isEmpty()) {
      state.setReal(Optional.of(new SocketState.Ends(socket.localAddress(), socket.peerAddress())));
    }
  }

  @Override
  public void given(Fd connection, Place place) throws ErrnoException {
    var shown = names.apply(ProgramSocket.of(connection, place));
    if (shown.isPresent()) {
      var known = table.find(Sockets.cookie(connection));
      var state = known.isPresent() ? known.get() : table.add(connection, place);
      state.setNames(shown);
    }
  }

  private void forget(Kept kept) {
    kept.watch.ifPresent(key -> loop.unwatch(key, kept.fd));
    byInode.remove(kept.inode);
    byCookie.remove(kept.cookie);
    kept.fd.close();
  }

  /// Drops a socket that the program has closed.
  private void drop(Kept kept) {
    forget(kept);
    table.remove(kept.cookie);
  }

  private void look() {
    if (round.isEmpty()) {
      round.addAll(byInode.keySet());
    }
    var lost = new HashSet<Long>();
    int count = Math.max(LOOKS_MINIMUM, byInode.size() / LOOKS_PER_ROUND);
    for (int i = 0; i < count && !round.isEmpty(); i++) {
      var kept = byInode.get(round.remove());
      if (kept != null && !releaseConnected(kept) && !isSeen(kept)) {
        lost.add(kept.inode);
      }
    }
    search(lost);
    looking = !byInode.isEmpty();
    if (looking) {
      loop.after(LOOK, this::look);
    }
  }

  private static boolean isSeen(Kept kept) {
    boolean there = DescriptorTables.isAt(kept.place, kept.inode);
    kept.missed = there ? 0 : kept.missed;
    return there;
  }

  /// Searches on another thread, because there may be many descriptors. The thread is not one of
  /// [BlockingCalls]: those may all wait for a listener, and wait on until this search finds that
  /// the program has closed it.
  private void search(Set<Long> lost) {
    if (lost.isEmpty() || searching) {
      return;
    }
    searching = true;
    Thread.ofPlatform().daemon().name("shield-search").start(() -> look(lost));
  }

  private void look(Set<Long> lost) {
    try {
      var found = DescriptorTables.find(lost);
      loop.post(() -> searched(lost, found));
    } catch (ErrnoException e) {
      // No descriptor is free for the search; the next check tries again.
      loop.post(() -> searching = false);
    }
  }

  private void searched(Set<Long> lost, Map<Long, Place> found) {
    searching = false;
    var missed = new HashSet<Long>();
    for (long inode : lost) {
      var kept = byInode.get(inode);
      if (kept == null) {
        continue;
      }
      var place = found.get(inode);
      if (place != null) {
        kept.place = place;
        kept.missed = 0;
      } else if (++kept.missed >= MISSED_TO_BE_GONE) {
        drop(kept);
      } else {
        missed.add(inode);
      }
    }
    search(missed);
  }

  @Override
  public boolean releaseDead() {
    var lost = new HashSet<Long>();
    byInode.values().stream().filter(kept -> !isSeen(kept)).forEach(kept -> lost.add(kept.inode));
    try {
      if (!lost.isEmpty()) {
        lost.removeAll(DescriptorTables.find(lost).keySet());
      }
    } catch (ErrnoException e) {
      return false; // no descriptor was free for the search
    }
    lost.forEach(inode -> Optional.ofNullable(byInode.get(inode)).ifPresent(this::drop));
    return !lost.isEmpty();
  }

  @Override
  public void close() {
    List<Kept> all = new ArrayList<>(byInode.values());
    all.forEach(this::forget);
  }
}
