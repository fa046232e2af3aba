package dev.testudo.shield.supervisor;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.ProcessIdentity;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.SocketDiag;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// What the shield remembers of one socket of the program, under the socket's own identity.
/// Descriptor numbers play no part, so dup, fork, execve and SCM_RIGHTS need no care. Fields are
/// set by the handlers of this package, on the supervisor's thread.
final class SocketState {
  private static final long RESERVATION_NANOS = Duration.ofMinutes(1).toNanos();

  final long cookie;

  /// Its inode number, which `/proc` shows.
  final long inode;

  /// Where it was last seen, and when.
  private ProgramSocket.Place place;

  private long seen;

  /// The address the program believes to have bound.
  Optional<Inet> boundAs = Optional.empty();

  /// The ends of a connection as the program sees them.
  Optional<Ends> shown = Optional.empty();

  /// The ends of the connection, or of the attempt, as the kernel knows them.
  Optional<Ends> real = Optional.empty();

  /// A connect under way that the kernel alone does not know of.
  Optional<PendingConnect> pending = Optional.empty();

  /// The names of a socket that has been let go of, where they are not the kernel's.
  Optional<Names> names = Optional.empty();

  /// The socket was let go of before the program had heard that it is connected: the kernel would
  /// tell its next connect, once.
  boolean settlesLater;

  /// The error of a connect that ended while nobody waited for it; what `SO_ERROR` tells. 0 for
  /// none.
  int failure;

  /// The socket to the peer of a protected connection, or of the attempt at one; the relay's, for
  /// [Fd#whileOpen].
  Optional<Fd> outer = Optional.empty();

  /// The network device that the program has chosen, of which its own socket knows nothing (yet).
  Optional<Device> device = Optional.empty();

  /// The program's end of a protected listener.
  Optional<PrivateListener> listener = Optional.empty();

  /// The program's end of a protected Unix listener.
  Optional<UnixListener> unixListener = Optional.empty();

  /// Connections on their way to the program, and calls that wait for one.
  Optional<AcceptQueue> accepts = Optional.empty();

  /// The path by which the program bound a Unix socket.
  Optional<byte[]> boundPath = Optional.empty();

  /// Who is at the other end of a Unix socket, where the kernel takes us for it.
  Optional<UnixPeer> peer = Optional.empty();

  /// Who made a Unix socket listen.
  Optional<ProcessIdentity> listenedBy = Optional.empty();

  private Optional<Undelivered> undelivered = Optional.empty();

  /// Two ends of a connection.
  record Ends(Inet local, Inet peer) {}

  /// What getsockname(2) and getpeername(2) are to say.
  static final class Names {
    private final byte[] local;
    private final byte[] peer;

    Names(byte[] local, byte[] peer) {
      this.local = local;
      this.peer = peer;
    }

    /// Not to be changed.
    byte[] local() {
      return local;
    }

    /// Not to be changed.
    byte[] peer() {
      return peer;
    }
  }

  /// A call that was carried out, but whose answer a signal kept from the program.
  private record Undelivered(Question question, Answer answer) {}

  /// A system call: which thread makes it, where in its code, and what it asks for. To recognise
  /// its repetition: the kernel has a thread that a signal has interrupted make the very same call
  /// again, and a program that is told of the interruption does so itself.
  static final class Question {
    private final Call call;
    private final byte[] argument;

    /// The registers of a call; other threads, and other places in the code, ask for themselves.
    private record Call(
        int tid, long instructionPointer, int number, int descriptor, long address) {}

    Question(StoppedCall call, byte[] argument) {
      this.call =
          new Call(
              call.tid(),
              call.instructionPointer(),
              call.number(),
              call.intArgument(0),
              call.argument(1));
      this.argument = argument;
    }

    int tid() {
      return call.tid();
    }

    /// The bytes the call gave; not to be changed.
    byte[] argument() {
      return argument;
    }

    boolean repeats(Question other) {
      return call.equals(other.call) && Arrays.equals(argument, other.argument);
    }
  }

  SocketState(long cookie, long inode, ProgramSocket.Place place) {
    this.cookie = cookie;
    this.inode = inode;
    seen(place);
  }

  void seen(ProgramSocket.Place where) {
    place = where;
    seen = System.nanoTime();
  }

  /// Whether it was bound for a protected listener, does not listen yet, and was seen not long ago.
  boolean isReservedLately() {
    return listener.map(behind -> !behind.isListening()).orElse(false)
        && System.nanoTime() - seen < RESERVATION_NANOS;
  }

  void remember(Question question, Answer answer) {
    undelivered = Optional.of(new Undelivered(question, answer));
  }

  /// The answer to a call that is the repetition of one already carried out. A thread that calls
  /// something else instead will not repeat it any more.
  Optional<Answer> replay(Question question) {
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

  int takeFailure() {
    int taken = failure;
    failure = 0;
    return taken;
  }

  /// The connection is dissolved (connect to `AF_UNSPEC`); a binding stays.
  void disconnected() {
    shown = Optional.empty();
    real = Optional.empty();
    outer = Optional.empty();
    failure = 0;
  }

  ProgramSocket.Place place() {
    return place;
  }

  /// Whether a socket that is no longer where it was seen still exists, as far as can be told.
  boolean existsElsewhere(SocketDiag diag) throws ErrnoException {
    if (listener.isPresent() && listener.get().isListening()) {
      return diag.listens(listener.get().address(), cookie);
    }
    if (unixListener.isPresent()) {
      return diag.exists(unixListener.get().inode(), cookie);
    }
    if (peer.isPresent() || listenedBy.isPresent()) {
      return diag.exists(inode, cookie);
    }
    return real.isPresent() && diag.connects(real.get().local(), real.get().peer(), cookie);
  }

  /// The socket through which peers are reached, or through which they come, where that is ours.
  Optional<Fd> outerSocket() {
    return listener.isPresent() ? listener.get().port().socket() : outer;
  }

  /// The socket is gone: frees what hangs on it.
  void release() {
    pending.ifPresent(PendingConnect::abandon);
    listener.ifPresent(PrivateListener::release);
    unixListener.ifPresent(UnixListener::release);
    accepts.ifPresent(AcceptQueue::close);
  }
}
