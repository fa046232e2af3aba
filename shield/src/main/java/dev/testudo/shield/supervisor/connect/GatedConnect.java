package dev.testudo.shield.supervisor.connect;

import static dev.testudo.linux.sys.Errno.ECONNABORTED;
import static dev.testudo.linux.sys.Errno.EINPROGRESS;
import static dev.testudo.linux.sys.Errno.EISCONN;
import static dev.testudo.linux.sys.Errno.EOPNOTSUPP;
import static dev.testudo.linux.sys.Errno.ETIMEDOUT;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.Shortages.Side;
import dev.testudo.shield.loop.Timer;
import dev.testudo.shield.relay.Dial;
import dev.testudo.shield.relay.Established;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.Device;
import dev.testudo.shield.supervisor.socket.LocalView;
import dev.testudo.shield.supervisor.socket.OuterSocket;
import dev.testudo.shield.supervisor.socket.PendingConnect;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.time.Duration;
import java.util.Optional;

/// A protected connect. The program's own socket waits at a [Gate] while the relay connects to the
/// peer and authenticates it. Then the gate opens, or the attempt fails with the true error.
public final class GatedConnect extends PendingConnect {
  /// An upper limit in case a message is lost. The relay has stricter limits.
  private static final Duration LONGEST = Duration.ofMinutes(3);

  /// Both ends are on this machine and wait for nobody.
  private static final Duration OPENING = Duration.ofSeconds(5);

  private final Context context;
  private final SocketState state;
  private final Gate gate;
  private final SocketState.Ends waitingAt;
  private final Inet asked;
  private final boolean inet6;
  private final Timer deadline;
  private Optional<Fd> program;
  private Optional<Dial> dial = Optional.empty();
  private boolean over;

  private GatedConnect(
      Context context, SocketState state, ProgramSocket socket, Gate gate, Inet into, Inet asked)
      throws ErrnoException {
    super(context.loop(), state);
    this.context = context;
    this.state = state;
    this.gate = gate;
    this.asked = asked;
    this.inet6 = socket.isInet6();
    this.waitingAt = new SocketState.Ends(socket.localAddress(), into);
    this.program = Optional.of(socket.fd().duplicate());
    this.deadline = context.loop().after(LONGEST, () -> failed(ETIMEDOUT));
  }

  /// Starts to connect `socket` to `target`, which the program knows as `asked`.
  static Answer start(
      Context context,
      StoppedCall call,
      ProgramSocket socket,
      Inet asked,
      Inet target,
      ClientTls tls)
      throws ErrnoException {
    var state = context.sockets().table().obtain(socket);
    if (socket.isConnected() || socket.isListening()) {
      return new Answer.Failure(EISCONN);
    }
    // The relay's socket fails for the same reasons as a connection without the shield.
    var outer = OuterSocket.to(target, socket, socket.localAddress(), state.device());
    Optional<Gate> gate = Optional.empty();
    try {
      Device.unbind(socket.fd());
      gate = Optional.of(Gate.open(target instanceof SocketAddress.Inet6));
      var into = LocalView.inFamily(socket.isInet6(), gate.get().address());
      int errno = begin(socket, into);
      if (errno != EINPROGRESS) {
        throw new ErrnoException("connect to a gate", errno);
      }
      var connect = new GatedConnect(context, state, socket, gate.get(), into, asked);
      state.setPending(Optional.of(connect));
      state.setReal(Optional.of(connect.waitingAt));
      state.setOuter(Optional.of(outer));
      return connect.proceed(call, socket, outer, target, tls);
    } catch (ErrnoException e) {
      gate.ifPresent(Gate::close);
      outer.close();
      throw e;
    }
  }

  private Answer proceed(
      StoppedCall call, ProgramSocket socket, Fd outer, Inet target, ClientTls tls)
      throws ErrnoException {
    try {
      var answer = new DialAnswer(context.loop(), this::open, this::failed);
      dial = Optional.of(context.secureSide().connect(outer, target, tls, answer));
      return socket.isNonBlocking()
          ? new Answer.Failure(EINPROGRESS)
          : hold(call, socket, EINPROGRESS);
    } catch (ErrnoException e) {
      failed(e.errno());
      state.takeFailure();
      throw e;
    }
  }

  /// Sends the SYN that the gate drops, without blocking.
  private static int begin(ProgramSocket socket, Inet into) throws ErrnoException {
    int errno = Sockets.connectWithoutWaiting(socket.fd(), into);
    return errno == EOPNOTSUPP && socket.isNonBlocking()
        ? Sockets.connect(socket.fd(), into)
        : errno;
  }

  private void open(Established peer) {
    if (over) {
      peer.abandon("the program gave up");
      return;
    }
    Optional<Fd> leg = Optional.empty();
    try {
      leg = Optional.of(gate.open(waitingAt.local().canonical()));
      new Opening(peer, leg.get()).proceed();
    } catch (ErrnoException e) {
      leg.ifPresent(Fd::close);
      context
          .reports()
          .shortages()
          .note(Side.OUTBOUND, "a connect fails with ECONNABORTED", e.errno());
      peer.abandon("the program's socket cannot be reached: " + e.getMessage());
      failed(ECONNABORTED);
    }
  }

  /// The simultaneous open. It normally completes at once.
  private final class Opening {
    private final Established peer;
    private final Fd leg;
    private long watch;
    private Optional<Timer> limit = Optional.empty();

    Opening(Established peer, Fd leg) {
      this.peer = peer;
      this.leg = leg;
    }

    void proceed() throws ErrnoException {
      if (Sockets.poll(leg, Epoll.EPOLLOUT) != 0) {
        finish();
        return;
      }
      watch = context.loop().watch(leg, Epoll.EPOLLOUT, _ -> end());
      limit = Optional.of(context.loop().after(OPENING, this::end));
    }

    private void end() {
      limit.ifPresent(Timer::cancel);
      context.loop().unwatch(watch, leg);
      try {
        finish();
      } catch (ErrnoException e) {
        leg.close();
        peer.abandon("the program's socket cannot be reached: " + e.getMessage());
        failed(ECONNABORTED);
      }
    }

    private void finish() throws ErrnoException {
      int error = Sockets.takeError(leg);
      if (over || error != 0) {
        throw new ErrnoException("simultaneous open", over ? ECONNABORTED : error);
      }
      checkEnds(leg);
      succeed(peer, leg);
    }
  }

  /// Checks both ends, because any process on this machine may connect to any loopback address.
  /// Only if each end has the other's address has the leg reached the program's socket, and the
  /// program's socket the leg.
  private void checkEnds(Fd leg) throws ErrnoException {
    boolean ours =
        ProgramSocket.inet(Sockets.getsockname(leg)).equals(gate.address())
            && ProgramSocket.inet(Sockets.getpeername(leg)).equals(waitingAt.local().canonical());
    if (!ours || !programIsConnected()) {
      throw new ErrnoException("simultaneous open with another socket", ECONNABORTED);
    }
  }

  private boolean programIsConnected() throws ErrnoException {
    if (program.isEmpty()) {
      return context
          .sockets()
          .table()
          .diag()
          .connects(waitingAt.local(), waitingAt.peer(), state.cookie());
    }
    return ProgramSocket.inet(Sockets.getsockname(program.get())).equals(waitingAt.local())
        && ProgramSocket.inet(Sockets.getpeername(program.get())).equals(waitingAt.peer());
  }

  private void succeed(Established peer, Fd leg) {
    var local = LocalView.inFamily(inet6, ProgramSocket.inet(peer.localAddress()));
    state.setShown(Optional.of(new SocketState.Ends(local, LocalView.shown(asked))));
    var vanished = new Vanished(context);
    vanished.of(state.cookie());
    peer.start(leg, vanished);
    if (isAwaited() && program.isPresent()) {
      // Consumes the kernel's success of a connect that blocked. After a non-blocking one, the
      // program's next connect does that.
      Sockets.connectWithoutWaiting(program.get(), waitingAt.peer());
    }
    settle(Answer.SUCCESS);
    end();
  }

  private void failed(int errno) {
    if (over) {
      return;
    }
    state.disconnected();
    // Wakes a thread that polls the socket. The kernel's own error would be ECONNRESET.
    program.ifPresent(socket -> Sockets.connect(socket, new SocketAddress.Unspecified(true, 0)));
    if (settle(new Answer.Failure(errno))) {
      program.ifPresent(GatedConnect::clearError);
    } else {
      state.setFailure(errno);
    }
    end();
  }

  private static void clearError(Fd socket) {
    try {
      Sockets.takeError(socket);
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }

  private void end() {
    over = true;
    deadline.cancel();
    state.setPending(Optional.empty());
    gate.close();
    program.ifPresent(Fd::close);
    program = Optional.empty();
    context.sockets().table().access().connectEnded(state.cookie());
  }

  @Override
  public boolean letGo() {
    if (isAwaited()) {
      return true;
    }
    boolean held = program.isPresent();
    program.ifPresent(Fd::close);
    program = Optional.empty();
    return held;
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
