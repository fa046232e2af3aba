package dev.testudo.shield.supervisor.listen;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.EADDRNOTAVAIL;
import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.SocketAddress.Inet4;
import dev.testudo.linux.sys.SocketAddress.Inet6;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.policy.shield.Listen;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.connect.Gate;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.LocalView;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.net.Inet4Address;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Performs bind(2) and listen(2), and shutdown(2) on listeners.
public final class ListenCalls {

  private final Context context;
  private final UnixListenCalls unix;
  private final Map<Inet, PublicPort> ports = new HashMap<>();

  public ListenCalls(Context context, UnixListenCalls unix) {
    this.context = context;
    this.unix = unix;
  }

  /// Binds `socket` to the address in `raw`, a copy that the program cannot change.
  public Answer bind(StoppedCall call, ProgramSocket socket, byte[] raw) throws ErrnoException {
    if (socket.isUnix()) {
      return unix.bind(call, socket, raw);
    }
    if (!socket.isTcp()) {
      return bindOther(call, socket, raw);
    }
    var asked = bindAddress(socket, SocketAddress.decode(raw));
    if (asked.isEmpty()) {
      return new Answer.Failure(socket.addressError(raw));
    }
    return bindTcp(call, socket, asked.get());
  }

  /// Binds a socket whose protocol the shield cannot protect. The filter allows such sockets only
  /// if the policy does.
  private Answer bindOther(StoppedCall call, ProgramSocket socket, byte[] raw)
      throws ErrnoException {
    var program = Credentials.of(call.tid());
    call.confirm();
    context.passedOther(raw);
    return Answer.ofErrno(program.performWithIds(() -> Sockets.bind(socket.fd(), raw)));
  }

  /// Returns the address to bind. For an IPv4 socket, bind accepts `AF_UNSPEC` with the
  /// unspecified address.
  private static Optional<Inet> bindAddress(ProgramSocket socket, SocketAddress decoded) {
    return switch (decoded) {
      case Inet4 v4 when !socket.isInet6() -> Optional.of(v4);
      case Inet6 v6 when socket.isInet6() -> Optional.of(v6);
      case SocketAddress.Unspecified(var anyInet4, var port) when anyInet4 && !socket.isInet6() ->
          Optional.of(new Inet4(anywhere(), port));
      default -> Optional.empty();
    };
  }

  private Answer bindTcp(StoppedCall call, ProgramSocket socket, Inet asked) throws ErrnoException {
    // With the program's ids: low ports, for example, require a capability (ip(7)).
    var program = Credentials.of(call.tid());
    call.confirm();
    var target = context.sockets().view().bindTarget(asked, socket.isV6Only());
    if (target.canonical().address().equals(context.sockets().hidden())) {
      return new Answer.Failure(EADDRNOTAVAIL);
    }
    // No rule covers a port that the kernel will choose. listen(2) decides then.
    if (asked.port() == 0) {
      return bindPlainly(program, socket, asked, target);
    }
    return switch (context.decisions().listen(new Listen.Tcp(asked.port()))) {
      case Verdict.Plain<ServerTls> _ -> bindPlainly(program, socket, asked, target);
      case Verdict.Secured<ServerTls>(_, var tls) ->
          bindPrivately(program, socket, asked, target, tls);
      case Verdict.Refused<ServerTls> refused -> {
        context.refused("bind", asked, refused);
        yield new Answer.Failure(EACCES);
      }
    };
  }

  private Answer bindPlainly(Credentials program, ProgramSocket socket, Inet asked, Inet target)
      throws ErrnoException {
    var address = LocalView.inFamily(socket.isInet6(), target).encode();
    if (asked.port() != 0) {
      SocketState.settleDevice(socket, context.sockets().table().find(socket));
    }
    int errno = program.performWithIds(() -> Sockets.bind(socket.fd(), address));
    if (errno == 0 && !Arrays.equals(address, asked.encode())) {
      int port = socket.localAddress().port();
      context.sockets().table().obtain(socket).setBoundAs(Optional.of(asked.withPort(port)));
    }
    return Answer.ofErrno(errno);
  }

  private Answer bindPrivately(
      Credentials program, ProgramSocket socket, Inet asked, Inet target, ServerTls tls)
      throws ErrnoException {
    var state = context.sockets().table().obtain(socket);
    if (state.listener().isPresent()) {
      return new Answer.Failure(EINVAL);
    }
    var traits = PublicPort.Traits.of(socket);
    var port = publicPort(program, socket, target, tls, traits);
    if (traits.sharedPort()) {
      // The public port is shared. Nobody else may share the private one.
      Sockets.setsockopt(socket.fd(), SOL_SOCKET, Sockets.SO_REUSEPORT, 0);
    }
    int errno = Sockets.bind(socket.fd(), hiddenAddress(traits).encode());
    if (errno != 0) {
      if (port.isUnused()) {
        port.giveUp();
        ports.remove(target);
      }
      return Answer.ofErrno(errno);
    }
    var listener = new PrivateListener(port, socket.localAddress(), socket.cookie());
    port.add(listener);
    state.setListener(Optional.of(listener));
    context.sockets().table().listens(state);
    state.setBoundAs(Optional.of(asked));
    return Answer.SUCCESS;
  }

  private PublicPort publicPort(
      Credentials program,
      ProgramSocket socket,
      Inet target,
      ServerTls tls,
      PublicPort.Traits traits)
      throws ErrnoException {
    var known = Optional.ofNullable(ports.get(target)).filter(port -> !port.isUnused());
    if (known.isPresent() && known.get().isSharedWith(traits)) {
      return known.get();
    }
    if (known.isPresent()) {
      context.sockets().table().releaseDeadListeners();
    }
    // Programs may bind to any number of loopback addresses, so forget unused ones.
    ports.values().removeIf(PublicPort::isUnused);
    var port =
        program.performWithIds(() -> PublicPort.reserve(context, target, tls, traits, socket));
    ports.put(target, port);
    return port;
  }

  private Inet hiddenAddress(PublicPort.Traits traits) {
    return traits.v6Only()
        ? new Inet6(Gate.loopback6(), 0)
        : LocalView.inFamily(traits.inet6(), new Inet4(context.sockets().hidden(), 0));
  }

  /// Makes `socket` listen if the rules allow it.
  public Answer listen(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    int backlog = call.intArgument(1);
    if (socket.isUnix()) {
      return unix.listen(call, socket, backlog);
    }
    var listener = context.sockets().table().find(socket).flatMap(PrivateListener::of);
    if (listener.isPresent()) {
      return listenPrivately(socket, listener.get(), backlog);
    }
    return !socket.isTcp() || socket.isListening()
        ? Answer.ofErrno(listenNow(socket, backlog))
        : listenPlainly(call, socket, backlog);
  }

  private Answer listenPrivately(ProgramSocket socket, PrivateListener listener, int backlog)
      throws ErrnoException {
    boolean again = socket.isListening();
    int errno = listenNow(socket, Backlog.behind(backlog));
    if (errno != 0) {
      return Answer.ofErrno(errno);
    }
    int room = Backlog.places(backlog);
    try {
      listener.port().listen(socket, listener, room);
    } catch (ErrnoException e) {
      if (!again) {
        Sockets.connect(socket.fd(), new SocketAddress.Unspecified(true, 0));
      }
      throw e;
    }
    listener.startedListening(socket.localAddress(), room);
    if (!again) {
      announce(listener.port().rule(), listener.port().address(), true);
    }
    return Answer.SUCCESS;
  }

  /// Performs shutdown(2) on a socket that may be a protected listener.
  public Answer shutdown(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    var state = context.sockets().table().find(socket);
    var listener = state.flatMap(SocketState::listener);
    if (listener.isEmpty() || !socket.isListening()) {
      return Answer.LET_READ;
    }
    call.confirm();
    Sockets.shutdown(socket.fd(), call.intArgument(1));
    if (socket.isUnix() || !socket.isListening()) {
      listener.get().stopListening();
    }
    return Answer.SUCCESS;
  }

  private Answer listenPlainly(StoppedCall call, ProgramSocket socket, int backlog)
      throws ErrnoException {
    var local = socket.localAddress();
    if (local.canonical().address().equals(context.sockets().hidden())) {
      // The shield has lost its state for this socket, and peers would reach it without TLS.
      return new Answer.Failure(EACCES);
    }
    if (local.port() == 0) {
      var refused = decide(local);
      if (refused.isPresent()) {
        return refused.get();
      }
      // The kernel would choose the port in listen(2), before the supervisor could check it.
      var target = context.sockets().view().bindTarget(local, socket.isV6Only());
      var bound = bindPlainly(Credentials.of(call.tid()), socket, local, target);
      if (!bound.equals(Answer.SUCCESS)) {
        return bound;
      }
      local = socket.localAddress();
    }
    var refused = decide(local);
    if (refused.isPresent()) {
      return refused.get();
    }
    SocketState.settleDevice(socket, context.sockets().table().find(socket));
    int errno = listenNow(socket, backlog);
    if (errno == 0) {
      var rule = context.decisions().listen(new Listen.Tcp(local.port())).rule();
      announce(rule, local.canonical(), false);
    }
    return Answer.ofErrno(errno);
  }

  /// Returns the answer if listening at `local` without TLS is refused.
  private Optional<Answer> decide(Inet local) {
    var verdict = context.decisions().listen(new Listen.Tcp(local.port()));
    var refusal =
        switch (verdict) {
          case Verdict.Plain<ServerTls> _ -> Optional.<Verdict.Refused<ServerTls>>empty();
          case Verdict.Refused<ServerTls> refused -> Optional.of(refused);
          // bind(2) would have made it private, so the kernel has chosen this port.
          case Verdict.Secured<ServerTls>(var rule, _) ->
              Optional.of(
                  new Verdict.Refused<ServerTls>(
                      rule, "the kernel chose a port that a rule protects; bind to it explicitly"));
        };
    refusal.ifPresent(refused -> context.refused("listen", local, refused));
    return refusal.map(_ -> new Answer.Failure(EACCES));
  }

  private void announce(String rule, Inet address, boolean secured) {
    context.reports().events().on(new ShieldEvent.Listening(rule, address, secured));
  }

  private static int listenNow(ProgramSocket socket, int backlog) {
    try {
      Sockets.listen(socket.fd(), backlog);
      return 0;
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  private static Inet4Address anywhere() {
    return (Inet4Address) LocalView.address(new byte[4]);
  }
}
