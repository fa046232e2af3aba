package dev.testudo.shield.supervisor.connect;

import static dev.testudo.linux.sys.Errno.EAGAIN;
import static dev.testudo.linux.sys.Errno.EALREADY;
import static dev.testudo.linux.sys.Errno.ECONNABORTED;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.relay.Dial;
import dev.testudo.shield.relay.Established;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.Question;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.PendingConnect;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import dev.testudo.shield.supervisor.socket.UnixPeer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// A protected connect of a Unix socket.
///
/// As without the shield, the connect is complete when the call returns, even on a non-blocking
/// descriptor: programs do not expect `EINPROGRESS` from a Unix socket, and the kernel has no such
/// state. So the call is held while the relay authenticates the peer.
///
/// Before that, the program's socket is connected to a [UnixGate]. If a signal interrupts the call,
/// the program may take the socket for a connecting one, as with TCP, and write. What it writes
/// waits at the gate, and nobody reads it if authentication fails.
public final class UnixConnect extends PendingConnect {
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Context context;
  private final SocketState state;
  private final Question question;
  private final Attempt attempt;
  private final boolean patient;
  private Optional<Fd> program;
  private Optional<Fd> leg = Optional.empty();
  private Optional<Dial> dial = Optional.empty();
  private boolean over;

  /// What to connect, and how.
  ///
  /// @param question the call as the program made it
  /// @param to the path, for the log
  /// @param reach connects a socket to the path's target with the program's rights; returns 0 or
  ///     the error number
  /// @param forget releases what `reach` needs; a second call has no effect
  record Attempt(
      Question question,
      SocketAddress to,
      ClientTls tls,
      UnixGate gate,
      ToIntFunction<Fd> reach,
      Runnable forget) {}

  /// @param patient whether the call may block for long
  private UnixConnect(
      Context context, SocketState state, Fd program, Attempt attempt, boolean patient) {
    super(context.loop(), state);
    this.context = context;
    this.state = state;
    this.question = attempt.question();
    this.attempt = attempt;
    this.program = Optional.of(program);
    this.patient = patient;
  }

  /// Starts the connect. The answer comes later unless the attempt fails at once. If this method
  /// throws, the caller must still run `forget`.
  static Answer start(Context context, StoppedCall call, ProgramSocket socket, Attempt attempt)
      throws ErrnoException {
    int type = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK;
    var upstream = Sockets.socket(SocketAddress.AF_UNIX, type, 0);
    int errno = attempt.reach().applyAsInt(upstream);
    if (errno != 0 && (errno != EAGAIN || socket.isNonBlocking())) {
      upstream.close();
      attempt.forget().run();
      return new Answer.Failure(errno);
    }
    try {
      var state = context.sockets().table().obtain(socket);
      boolean patient = !socket.isNonBlocking();
      var connect = new UnixConnect(context, state, socket.fd().duplicate(), attempt, patient);
      return connect.begin(call, socket, upstream, errno);
    } catch (ErrnoException e) {
      upstream.close();
      throw e;
    }
  }

  private Answer begin(StoppedCall call, ProgramSocket socket, Fd upstream, int errno)
      throws ErrnoException {
    state.setPending(Optional.of(this));
    try {
      var answer = hold(call, socket, EAGAIN);
      proceed(upstream, errno);
      return answer;
    } catch (ErrnoException e) {
      end();
      throw e;
    }
  }

  /// Answers a further call on the socket. A restarted call continues to wait, any other one fails.
  Answer joinUnix(StoppedCall call, ProgramSocket socket, Question asked) throws ErrnoException {
    return question.repeats(asked) ? hold(call, socket, EAGAIN) : new Answer.Failure(EALREADY);
  }

  /// Continues the attempt. While the listener's queue is full, a blocking call waits until
  /// its timeout.
  private void proceed(Fd upstream, int errno) {
    if (over || (errno != 0 && !isAwaited())) {
      upstream.close();
      end();
    } else if (errno == EAGAIN) {
      context.loop().after(PAUSE, () -> proceed(upstream, over ? 0 : reach(upstream)));
    } else if (errno != 0) {
      upstream.close();
      fail(errno);
    } else {
      authenticate(upstream);
    }
  }

  private void authenticate(Fd upstream) {
    try {
      leg = Optional.of(attempt.gate().admit(program.orElseThrow()));
      dial =
          Optional.of(
              context
                  .secureSide()
                  .authenticate(
                      upstream,
                      attempt.to(),
                      attempt.tls(),
                      patient,
                      new DialAnswer(context.loop(), this::open, this::fail)));
    } catch (ErrnoException e) {
      upstream.close();
      fail(e.errno());
    }
  }

  private int reach(Fd upstream) {
    return attempt.reach().applyAsInt(upstream);
  }

  private void fail(int errno) {
    if (!over) {
      var answer = new Answer.Failure(errno);
      if (!settle(answer)) {
        state.setFailure(errno);
        state.remember(question, answer);
      }
      end();
    }
  }

  private void open(Established peer) {
    if (over) {
      peer.abandon("the program gave up");
      return;
    }
    peer.start(leg.orElseThrow());
    state.setPeer(Optional.of(UnixPeer.REMOTE));
    leg = Optional.empty();
    if (!settle(Answer.SUCCESS)) {
      state.remember(question, Answer.SUCCESS);
    }
    end();
  }

  private void end() {
    over = true;
    state.setPending(Optional.empty());
    attempt.forget().run();
    leg.ifPresent(Fd::close);
    leg = Optional.empty();
    program.ifPresent(Fd::close);
    program = Optional.empty();
    context.sockets().table().access().connectEnded(state.cookie());
  }

  @Override
  public boolean letGo() {
    if (!isAwaited()) {
      abandon();
    }
    return true;
  }

  @Override
  public void abandon() {
    if (!over) {
      dial.ifPresent(Dial::cancel);
      settle(new Answer.Failure(ECONNABORTED));
      end();
    }
  }
}
