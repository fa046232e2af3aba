package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.ProcessIdentity;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.SocketDiag;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.Question;
import java.time.Duration;
import java.util.Optional;

/// What the shield remembers of one socket of the program, under the socket's own identity.
/// Descriptor numbers play no part, so dup, fork, execve and SCM_RIGHTS need no care. What
/// is set is set on the supervisor's thread, by the room that knows it.
public final class SocketState {
  private static final long RESERVATION_NANOS = Duration.ofMinutes(1).toNanos();

  private final long cookie;
  private final long inode;

  /// Where it was last seen, and when.
  private ProgramSocket.Place place;

  private long seen;

  private Optional<Inet> boundAs = Optional.empty();
  private Optional<Ends> shown = Optional.empty();
  private Optional<Ends> real = Optional.empty();
  private Optional<PendingConnect> pending = Optional.empty();
  private Optional<Names> names = Optional.empty();
  private boolean settlesLater;
  private int failure;
  private Optional<Fd> outer = Optional.empty();
  private Optional<Device> device = Optional.empty();
  private Optional<ProtectedListener> listener = Optional.empty();
  private Optional<Arrivals> accepts = Optional.empty();
  private Optional<byte[]> boundPath = Optional.empty();
  private Optional<UnixPeer> peer = Optional.empty();
  private Optional<ProcessIdentity> listenedBy = Optional.empty();
  private Optional<Undelivered> undelivered = Optional.empty();

  /// Two ends of a connection.
  public record Ends(Inet local, Inet peer) {}

  /// What getsockname(2) and getpeername(2) are to say.
  public static final class Names {
    private final byte[] local;
    private final byte[] peer;

    public Names(byte[] local, byte[] peer) {
      this.local = local;
      this.peer = peer;
    }

    /// Not to be changed.
    public byte[] local() {
      return local;
    }

    /// Not to be changed.
    public byte[] peer() {
      return peer;
    }
  }

  /// A call that was carried out, but whose answer a signal kept from the program.
  private record Undelivered(Question question, Answer answer) {}

  public SocketState(long cookie, long inode, ProgramSocket.Place place) {
    this.cookie = cookie;
    this.inode = inode;
    seen(place);
  }

  /// The socket's identity.
  public long cookie() {
    return cookie;
  }

  /// Its inode number, which `/proc` shows.
  public long inode() {
    return inode;
  }

  /// The address the program believes to have bound.
  public Optional<Inet> boundAs() {
    return boundAs;
  }

  public void setBoundAs(Optional<Inet> value) {
    boundAs = value;
  }

  /// The ends of a connection as the program sees them.
  public Optional<Ends> shown() {
    return shown;
  }

  public void setShown(Optional<Ends> value) {
    shown = value;
  }

  /// The ends of the connection, or of the attempt, as the kernel knows them.
  public Optional<Ends> real() {
    return real;
  }

  public void setReal(Optional<Ends> value) {
    real = value;
  }

  /// A connect under way that the kernel alone does not know of.
  public Optional<PendingConnect> pending() {
    return pending;
  }

  public void setPending(Optional<PendingConnect> value) {
    pending = value;
  }

  /// The names of a socket that has been let go of, where they are not the kernel's.
  public Optional<Names> names() {
    return names;
  }

  public void setNames(Optional<Names> value) {
    names = value;
  }

  /// The socket was let go of before the program had heard that it is connected: the kernel would
  /// tell its next connect, once.
  public boolean settlesLater() {
    return settlesLater;
  }

  public void setSettlesLater(boolean value) {
    settlesLater = value;
  }

  /// The error of a connect that ended while nobody waited for it; what `SO_ERROR` tells. 0 for
  /// none.
  public int failure() {
    return failure;
  }

  public void setFailure(int value) {
    failure = value;
  }

  /// The socket to the peer of a protected connection, or of the attempt at one; the relay's, for
  /// [Fd#whileOpen].
  public Optional<Fd> outer() {
    return outer;
  }

  public void setOuter(Optional<Fd> value) {
    outer = value;
  }

  /// The network device that the program has chosen, of which its own socket knows nothing (yet).
  public Optional<Device> device() {
    return device;
  }

  public void setDevice(Optional<Device> value) {
    device = value;
  }

  /// The program's end of a protected listener.
  public Optional<ProtectedListener> listener() {
    return listener;
  }

  public void setListener(Optional<ProtectedListener> value) {
    listener = value;
  }

  /// Connections on their way to the program, and calls that wait for one.
  public Optional<Arrivals> accepts() {
    return accepts;
  }

  public void setAccepts(Optional<Arrivals> value) {
    accepts = value;
  }

  /// The path by which the program bound a Unix socket.
  public Optional<byte[]> boundPath() {
    return boundPath;
  }

  public void setBoundPath(Optional<byte[]> value) {
    boundPath = value;
  }

  /// Who is at the other end of a Unix socket, where the kernel takes us for it.
  public Optional<UnixPeer> peer() {
    return peer;
  }

  public void setPeer(Optional<UnixPeer> value) {
    peer = value;
  }

  /// Who made a Unix socket listen.
  public Optional<ProcessIdentity> listenedBy() {
    return listenedBy;
  }

  public void setListenedBy(Optional<ProcessIdentity> value) {
    listenedBy = value;
  }

  public void seen(ProgramSocket.Place where) {
    place = where;
    seen = System.nanoTime();
  }

  /// Whether it was bound for a protected listener, does not listen yet, and was seen not long ago.
  public boolean isReservedLately() {
    return listener.map(ProtectedListener::isReserved).orElse(false)
        && System.nanoTime() - seen < RESERVATION_NANOS;
  }

  public void remember(Question question, Answer answer) {
    undelivered = Optional.of(new Undelivered(question, answer));
  }

  /// The answer to a call that is the repetition of one already carried out. A thread that calls
  /// something else instead will not repeat it any more.
  public Optional<Answer> replay(Question question) {
    var last = undelivered.filter(u -> u.question().tid() == question.tid());
    if (last.isEmpty()) {
      return Optional.empty();
    }
    undelivered = Optional.empty();
    var answer = last.filter(u -> u.question().repeats(question)).map(Undelivered::answer);
    if (answer.isPresent()) {
      // The answer tells it, so SO_ERROR need not.
      failure = 0;
    }
    return answer;
  }

  public int takeFailure() {
    int taken = failure;
    failure = 0;
    return taken;
  }

  /// The connection is dissolved (connect to `AF_UNSPEC`); a binding stays.
  public void disconnected() {
    shown = Optional.empty();
    real = Optional.empty();
    outer = Optional.empty();
    failure = 0;
  }

  public ProgramSocket.Place place() {
    return place;
  }

  /// Whether a socket that is no longer where it was seen still exists, as far as can be told.
  public boolean existsElsewhere(SocketDiag diag) throws ErrnoException {
    if (listener.isPresent() && !listener.get().isReserved()) {
      return listener.get().exists(diag, cookie);
    }
    if (peer.isPresent() || listenedBy.isPresent()) {
      return diag.exists(inode, cookie);
    }
    return real.isPresent() && diag.connects(real.get().local(), real.get().peer(), cookie);
  }

  /// The socket through which peers are reached, or through which they come, where that is ours.
  public Optional<Fd> outerSocket() {
    return listener.isPresent() ? listener.get().front() : outer;
  }

  /// The socket is gone: frees what hangs on it.
  public void release() {
    pending.ifPresent(PendingConnect::abandon);
    listener.ifPresent(ProtectedListener::release);
    accepts.ifPresent(Arrivals::close);
  }

  /// The program's socket leads to peers itself: what it has chosen is its own from here on.
  public static void settleDevice(ProgramSocket socket, Optional<SocketState> state)
      throws ErrnoException {
    var device = state.flatMap(known -> known.device);
    if (device.isPresent()) {
      device.get().bind(socket.fd());
      state.get().device = Optional.empty();
    }
  }
}
