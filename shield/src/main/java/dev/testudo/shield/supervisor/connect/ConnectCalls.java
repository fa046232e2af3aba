package dev.testudo.shield.supervisor.connect;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.ECONNREFUSED;
import static dev.testudo.linux.sys.Errno.EINPROGRESS;
import static dev.testudo.linux.sys.Errno.EOPNOTSUPP;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.LocalView;
import dev.testudo.shield.supervisor.socket.PendingConnect;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.ProtectedListener;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.util.Optional;

/// Performs connect(2).
public final class ConnectCalls {
  private final Context context;
  private final UnixConnectCalls unix;

  public ConnectCalls(Context context, UnixConnectCalls unix) {
    this.context = context;
    this.unix = unix;
  }

  /// Connects `socket` to the address in `raw`, a copy that the program cannot change.
  public Answer connect(StoppedCall call, ProgramSocket socket, byte[] raw) throws ErrnoException {
    if (socket.isUnix()) {
      return unix.connect(call, socket, raw);
    }
    if (!socket.isTcp()) {
      return connectOther(call, socket, raw);
    }
    return switch (SocketAddress.decode(raw)) {
      case Inet asked when (asked instanceof SocketAddress.Inet6) == socket.isInet6() ->
          connectTcp(call, socket, asked);
      case SocketAddress.Unspecified _ -> disconnect(socket, raw);
      case Inet _,
          SocketAddress.UnixPath _,
          SocketAddress.UnixAbstract _,
          SocketAddress.UnixUnnamed _,
          SocketAddress.Other _ ->
          new Answer.Failure(socket.addressError(raw));
    };
  }

  /// Connects a socket whose protocol the shield cannot protect. The filter allows such sockets
  /// only if the policy does.
  ///
  /// Runs with the program's ids, because the supervisor may have more privileges. Which netlink
  /// socket a process may write to is checked here and never again.
  private Answer connectOther(StoppedCall call, ProgramSocket socket, byte[] raw)
      throws ErrnoException {
    var program = Credentials.of(call.tid());
    call.confirm();
    context.passedOther(raw);
    boolean waits = socket.type() == Sockets.SOCK_STREAM || socket.type() == Sockets.SOCK_SEQPACKET;
    return waits && !socket.isNonBlocking()
        ? BlockingConnect.start(context, call, socket, fd -> connectAs(program, fd, raw), () -> {})
        : Answer.ofErrno(connectAs(program, socket.fd(), raw));
  }

  private static int connectAs(Credentials program, Fd socket, byte[] raw) {
    try {
      return program.performWithIds(() -> Sockets.connect(socket, raw));
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  private Answer connectTcp(StoppedCall call, ProgramSocket socket, Inet asked)
      throws ErrnoException {
    var known = context.sockets().table().find(socket);
    var unfinished =
        known.isPresent() ? continued(call, socket, known.get()) : Optional.<Answer>empty();
    if (unfinished.isPresent()) {
      return unfinished.get();
    }
    var target = context.sockets().view().connectTarget(asked);
    if (target.address().equals(context.sockets().hidden())) {
      return new Answer.Failure(ECONNREFUSED);
    }
    return switch (decide(asked, target)) {
      case Verdict.Plain<ClientTls> plain -> {
        context.passed("connect", asked, plain);
        SocketState.settleDevice(socket, known);
        yield connectPlainly(call, socket, asked, target);
      }
      case Verdict.Secured<ClientTls>(_, var tls) -> {
        context.sockets().table().releaseDeadListeners(target.port());
        yield GatedConnect.start(context, call, socket, asked, target, tls);
      }
      case Verdict.Refused<ClientTls> refused -> {
        context.refused("connect", asked, refused);
        yield new Answer.Failure(EACCES);
      }
    };
  }

  /// Returns the answer if an earlier connect has left something on the socket.
  private Optional<Answer> continued(StoppedCall call, ProgramSocket socket, SocketState state)
      throws ErrnoException {
    if (state.pending().isPresent()) {
      return Optional.of(state.pending().get().join(call, socket));
    }
    if (state.failure() != 0) {
      Sockets.takeError(socket.fd());
      return Optional.of(new Answer.Failure(state.takeFailure()));
    }
    if (state.shown().isPresent() && socket.isConnected()) {
      // Once 0 after a non-blocking connect, then EISCONN: the kernel keeps track.
      return Optional.of(Answer.ofErrno(Sockets.connect(socket.fd(), socket.peerAddress())));
    }
    return Optional.empty();
  }

  /// Decides the connect. Rules may state the address that the program uses or the address that it
  /// stands for. An explicit rule for the real address takes precedence, so no spelling evades it.
  private Verdict<ClientTls> decide(Inet asked, Inet target) {
    var real = context.decisions().connect(target.address(), target.port());
    var written = asked.canonical();
    if (written.address().equals(target.address()) || !real.rule().isEmpty()) {
      return real;
    }
    var byName = context.decisions().connect(written.address(), written.port());
    return byName.rule().isEmpty() ? real : byName;
  }

  private Answer connectPlainly(StoppedCall call, ProgramSocket socket, Inet asked, Inet target)
      throws ErrnoException {
    boolean relocated = !target.address().equals(asked.canonical().address());
    // An address that is not relocated keeps its scope and flow label.
    var address = relocated ? LocalView.inFamily(socket.isInet6(), target) : asked;
    if (relocated) {
      var state = context.sockets().table().obtain(socket);
      var answer = perform(call, socket, address, target);
      remember(state, socket, asked, address, answer);
      return answer;
    }
    return perform(call, socket, address, target);
  }

  /// Connects without blocking the supervisor's thread. The one exception is a program that sets
  /// its descriptor to blocking mode between the check and the call. Then only calls under the same
  /// filter are delayed, and nothing passes meanwhile.
  private Answer perform(StoppedCall call, ProgramSocket socket, Inet address, Inet target)
      throws ErrnoException {
    if (socket.isNonBlocking()) {
      return Answer.ofErrno(Sockets.connect(socket.fd(), address));
    }
    if (target.address().isLoopbackAddress()) {
      var answer = LocalConnect.perform(context, call, socket, address);
      if (!answer.equals(new Answer.Failure(EOPNOTSUPP))) {
        return answer;
      }
    }
    return BlockingConnect.start(
        context, call, socket, fd -> Sockets.connect(fd, address), () -> {});
  }

  private static void remember(
      SocketState state, ProgramSocket socket, Inet asked, Inet address, Answer answer)
      throws ErrnoException {
    boolean begun =
        switch (answer) {
          case Answer.Result _, Answer.Given _, Answer.Held _, Answer.LetRead _ -> true;
          case Answer.Failure(int errno) -> errno == EINPROGRESS;
        };
    if (begun) {
      var local = socket.localAddress();
      state.setShown(Optional.of(new SocketState.Ends(local, LocalView.shown(asked))));
      state.setReal(Optional.of(new SocketState.Ends(local, address)));
    }
  }

  /// Disconnects the socket (`AF_UNSPEC`), whether it was connecting, connected or listening.
  /// Earlier decisions do not apply to later calls.
  private Answer disconnect(ProgramSocket socket, byte[] raw) throws ErrnoException {
    var known = context.sockets().table().find(socket);
    if (known.isPresent()) {
      var state = known.get();
      state.pending().ifPresent(PendingConnect::abandon);
      state.listener().ifPresent(ProtectedListener::stopListening);
      state.disconnected();
    }
    return Answer.ofErrno(Sockets.connect(socket.fd(), raw));
  }
}
