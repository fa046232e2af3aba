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

/// The shield's state of one socket of the program, by the socket's cookie. It does not depend on
/// descriptor numbers, so it survives dup, fork, execve and SCM_RIGHTS. Each field is set on the
/// supervisor's thread, by the package that is responsible for it.
public final class SocketState {
  private static final long RESERVATION_NANOS = Duration.ofMinutes(1).toNanos();

  private final long cookie;
  private final long inode;

  /// Where the socket was last seen, and when.
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

  /// The two ends of a connection.
  public record Ends(Inet local, Inet peer) {}

  /// The results of getsockname(2) and getpeername(2).
  public static final class Names {
    private final byte[] local;
    private final byte[] peer;

    public Names(byte[] local, byte[] peer) {
      this.local = local;
      this.peer = peer;
    }

    /// Returns the local name. Callers must not modify the array.
    public byte[] local() {
      return local;
    }

    /// Returns the peer's name. Callers must not modify the array.
    public byte[] peer() {
      return peer;
    }
  }

  /// A call that was carried out, but whose answer did not reach the program because of a signal.
  private record Undelivered(Question question, Answer answer) {}

  public SocketState(long cookie, long inode, ProgramSocket.Place place) {
    this.cookie = cookie;
    this.inode = inode;
    seen(place);
  }

  /// Returns the socket's cookie (`SO_COOKIE`).
  public long cookie() {
    return cookie;
  }

  /// Returns the inode number that `/proc` shows.
  public long inode() {
    return inode;
  }

  /// Returns the address that the program has bound, from its point of view.
  public Optional<Inet> boundAs() {
    return boundAs;
  }

  public void setBoundAs(Optional<Inet> value) {
    boundAs = value;
  }

  /// Returns the ends of a connection as the program sees them.
  public Optional<Ends> shown() {
    return shown;
  }

  public void setShown(Optional<Ends> value) {
    shown = value;
  }

  /// Returns the ends of the connection or attempt as the kernel knows them.
  public Optional<Ends> real() {
    return real;
  }

  public void setReal(Optional<Ends> value) {
    real = value;
  }

  /// Returns a connect in progress whose state is not only in the kernel.
  public Optional<PendingConnect> pending() {
    return pending;
  }

  public void setPending(Optional<PendingConnect> value) {
    pending = value;
  }

  /// Returns the names of a released socket, where they are not the kernel's.
  public Optional<Names> names() {
    return names;
  }

  public void setNames(Optional<Names> value) {
    names = value;
  }

  /// Returns whether the next connect must succeed once. The socket was released before the program
  /// learned that it is connected, and the kernel reports that once on the next connect.
  public boolean settlesLater() {
    return settlesLater;
  }

  public void setSettlesLater(boolean value) {
    settlesLater = value;
  }

  /// Returns the error of a connect that ended while no call waited, to be returned by `SO_ERROR`;
  /// 0 for none.
  public int failure() {
    return failure;
  }

  public void setFailure(int value) {
    failure = value;
  }

  /// Returns the relay's socket to the peer of a protected connection or attempt, for use
  /// with [Fd#whileOpen].
  public Optional<Fd> outer() {
    return outer;
  }

  public void setOuter(Optional<Fd> value) {
    outer = value;
  }

  /// Returns the network device that the program has chosen, if its own socket is not bound to it.
  public Optional<Device> device() {
    return device;
  }

  public void setDevice(Optional<Device> value) {
    device = value;
  }

  /// Returns the program's end of a protected listener.
  public Optional<ProtectedListener> listener() {
    return listener;
  }

  public void setListener(Optional<ProtectedListener> value) {
    listener = value;
  }

  /// Returns the connections for the program and the calls that wait for one.
  public Optional<Arrivals> accepts() {
    return accepts;
  }

  public void setAccepts(Optional<Arrivals> value) {
    accepts = value;
  }

  /// Returns the path to which the program bound a Unix socket.
  public Optional<byte[]> boundPath() {
    return boundPath;
  }

  public void setBoundPath(Optional<byte[]> value) {
    boundPath = value;
  }

  /// Returns the peer of a Unix socket, where the kernel reports the shield as the peer.
  public Optional<UnixPeer> peer() {
    return peer;
  }

  public void setPeer(Optional<UnixPeer> value) {
    peer = value;
  }

  /// Returns the process that made a Unix socket listen.
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

  /// Returns whether the socket is bound for a protected listener, does not listen yet, and was
  /// seen within the last minute.
  public boolean isReservedLately() {
    return listener.map(ProtectedListener::isReserved).orElse(false)
        && System.nanoTime() - seen < RESERVATION_NANOS;
  }

  public void remember(Question question, Answer answer) {
    undelivered = Optional.of(new Undelivered(question, answer));
  }

  /// Returns the stored answer if `question` repeats a call that was carried out already. A thread
  /// that makes another call instead will not repeat the earlier one.
  public Optional<Answer> replay(Question question) {
    var last = undelivered.filter(u -> u.question().tid() == question.tid());
    if (last.isEmpty()) {
      return Optional.empty();
    }
    undelivered = Optional.empty();
    var answer = last.filter(u -> u.question().repeats(question)).map(Undelivered::answer);
    if (answer.isPresent()) {
      // The program learns the error from this answer, so SO_ERROR must not return it again.
      failure = 0;
    }
    return answer;
  }

  public int takeFailure() {
    int taken = failure;
    failure = 0;
    return taken;
  }

  /// Clears the connection after a connect to `AF_UNSPEC`. A binding stays.
  public void disconnected() {
    shown = Optional.empty();
    real = Optional.empty();
    outer = Optional.empty();
    failure = 0;
  }

  public ProgramSocket.Place place() {
    return place;
  }

  /// Returns whether the socket exists although it is no longer where it was seen, as far as the
  /// kernel can tell.
  public boolean existsElsewhere(SocketDiag diag) throws ErrnoException {
    if (listener.isPresent() && !listener.get().isReserved()) {
      return listener.get().exists(diag, cookie);
    }
    if (peer.isPresent() || listenedBy.isPresent()) {
      return diag.exists(inode, cookie);
    }
    return real.isPresent() && diag.connects(real.get().local(), real.get().peer(), cookie);
  }

  /// Returns the relay's socket to the peer, or the socket at which peers arrive.
  public Optional<Fd> outerSocket() {
    return listener.isPresent() ? listener.get().front() : outer;
  }

  /// Frees everything that belongs to the socket, because the program has closed it.
  public void release() {
    pending.ifPresent(PendingConnect::abandon);
    listener.ifPresent(ProtectedListener::release);
    accepts.ifPresent(Arrivals::close);
  }

  /// Binds the program's socket to the chosen device, because it will connect to its peers itself.
  public static void settleDevice(ProgramSocket socket, Optional<SocketState> state)
      throws ErrnoException {
    var device = state.flatMap(known -> known.device);
    if (device.isPresent()) {
      device.get().bind(socket.fd());
      state.get().device = Optional.empty();
    }
  }
}
