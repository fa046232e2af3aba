package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.EADDRINUSE;
import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Errno.ENOSYS;
import static dev.testudo.linux.sys.Errno.ESRCH;

import dev.testudo.linux.sys.Architecture;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallFailures;
import dev.testudo.shield.supervisor.call.CallOutcome;
import dev.testudo.shield.supervisor.call.CallResults;
import dev.testudo.shield.supervisor.call.CallTable;
import dev.testudo.shield.supervisor.call.Question;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.connect.ConnectCalls;
import dev.testudo.shield.supervisor.connect.UnixConnectCalls;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.listen.AcceptCalls;
import dev.testudo.shield.supervisor.listen.ListenCalls;
import dev.testudo.shield.supervisor.listen.UnixListenCalls;
import dev.testudo.shield.supervisor.path.UnixNames;
import dev.testudo.shield.supervisor.socket.DescriptorTables;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketAccess;
import dev.testudo.shield.supervisor.socket.SocketState;
import dev.testudo.shield.supervisor.socket.SuppliedSockets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Dispatches calls about sockets: finds the socket and passes it with the call to the handler.
final class SocketCalls {
  private final Context context;
  private final CallFailures failures;
  private final CallTable calls;
  private final SocketAccess access;
  private final NameCalls names;
  private final PeerCalls peers;
  private final OptionCalls options;
  private final Map<Integer, ReleasedHandler> releasedHandlers = new HashMap<>();

  /// Performs one kind of call on the socket in its first argument.
  private interface Handler {
    CallOutcome perform(StoppedCall call, ProgramSocket socket) throws ErrnoException;
  }

  /// Performs a call that needs no action after its answer.
  private interface SimpleHandler {
    Answer perform(StoppedCall call, ProgramSocket socket) throws ErrnoException;
  }

  /// Performs a call on a socket that is not kept; see [ReleasedCalls].
  private interface ReleasedHandler {
    Answer perform(StoppedCall call, Optional<SocketState> socket) throws ErrnoException;
  }

  /// Performs a call that must not take effect again when the kernel restarts it.
  private interface AddressHandler {
    Answer perform(StoppedCall call, ProgramSocket socket, byte[] address) throws ErrnoException;
  }

  /// Registers the handlers with `calls`.
  SocketCalls(Context context, CallFailures failures, CallTable calls) {
    this.context = context;
    this.failures = failures;
    this.calls = calls;
    this.access = context.sockets().table().access();
    var peers = context.sockets().peers();
    this.peers = new PeerCalls(peers);
    var unixNames = new UnixNames();
    var connects = new ConnectCalls(context, new UnixConnectCalls(context, unixNames));
    var listens = new ListenCalls(context, new UnixListenCalls(context, unixNames));
    var accepts = new AcceptCalls(context);
    this.names = new NameCalls(context, unixNames);
    this.options = new OptionCalls(context);
    handle(SystemCall.CONNECT, (call, socket) -> connect(call, socket, connects));
    handle(SystemCall.BIND, (call, socket) -> once(call, socket, listens::bind, _ -> {}));
    simple(SystemCall.LISTEN, listens::listen);
    simple(SystemCall.ACCEPT, accepts::accept);
    simple(SystemCall.ACCEPT4, accepts::accept);
    simple(SystemCall.GETSOCKNAME, names::getsockname);
    simple(SystemCall.GETPEERNAME, names::getpeername);
    handle(SystemCall.GETSOCKOPT, this::option);
    handle(SystemCall.SETSOCKOPT, (call, socket) -> CallOutcome.of(options.set(call, socket)));
    handle(SystemCall.SHUTDOWN, (call, socket) -> CallOutcome.of(listens.shutdown(call, socket)));
    if (access instanceof SuppliedSockets supplied) {
      supplied.namedBy(names::special);
      calls.handle(SystemCall.SOCKET, call -> CallOutcome.of(supplied.supply(call)));
      handleAll(new ReleasedCalls(context.sockets().table()));
    }
  }

  private void handle(SystemCall call, Handler handler) {
    calls.handle(call, stopped -> perform(stopped, handler));
  }

  private CallOutcome perform(StoppedCall call, Handler handler) throws ErrnoException {
    var borrowed = access.borrow(call);
    if (borrowed.isEmpty()) {
      return CallOutcome.of(performReleased(call));
    }
    try (var socket = borrowed.get()) {
      return handler.perform(call, socket);
    }
  }

  private void handleAll(ReleasedCalls calls) {
    handleReleased(SystemCall.CONNECT, (call, state) -> connect(call, state, calls));
    handleReleased(SystemCall.BIND, (_, _) -> calls.refuse());
    handleReleased(SystemCall.LISTEN, (_, _) -> calls.refuse());
    handleReleased(SystemCall.ACCEPT, (_, _) -> calls.refuse());
    handleReleased(SystemCall.ACCEPT4, (_, _) -> calls.refuse());
    handleReleased(SystemCall.GETSOCKNAME, calls::getsockname);
    handleReleased(
        SystemCall.GETPEERNAME,
        (call, state) -> calls.peerName(call, state, CallResults::writeAddress));
    handleReleased(SystemCall.GETSOCKOPT, (call, state) -> option(call, state, calls));
    handleReleased(SystemCall.SETSOCKOPT, options::set);
    handleReleased(SystemCall.SHUTDOWN, (_, _) -> Answer.LET_READ);
  }

  private void handleReleased(SystemCall call, ReleasedHandler handler) {
    call.number(Architecture.current()).ifPresent(number -> releasedHandlers.put(number, handler));
  }

  private Answer performReleased(StoppedCall call) throws ErrnoException {
    var handler = releasedHandlers.get(call.number());
    long inode = DescriptorTables.inodeAt(call.tid(), call.intArgument(0));
    call.confirm();
    return handler == null
        ? new Answer.Failure(ENOSYS)
        : handler.perform(call, context.sockets().table().findByInode(inode));
  }

  /// Registers a call whose arguments are registers and pointers to results.
  private void simple(SystemCall call, SimpleHandler handler) {
    handle(
        call,
        (stopped, socket) -> {
          stopped.confirm();
          return CallOutcome.of(unlessTaken(() -> handler.perform(stopped, socket)));
        });
  }

  private CallOutcome connect(StoppedCall call, ProgramSocket socket, ConnectCalls connects)
      throws ErrnoException {
    return once(call, socket, connects::connect, answer -> access.connecting(socket, answer));
  }

  private static Answer connect(StoppedCall call, Optional<SocketState> state, ReleasedCalls calls)
      throws ErrnoException {
    var question = question(call);
    var replay = state.flatMap(known -> known.replay(question));
    if (replay.isPresent()) {
      return replay.get();
    }
    long inode = DescriptorTables.inodeAt(call.tid(), call.intArgument(0));
    call.confirm();
    return calls.connect(state, inode, question.argument());
  }

  /// Reads the arguments of a connect or bind, once.
  private static Question question(StoppedCall call) throws ErrnoException {
    int length = call.intArgument(2);
    if (length < 0 || length > SocketAddress.MAX_LENGTH) {
      throw new ErrnoException("length of an address", EINVAL);
    }
    var address = call.read(call.argument(1), length);
    call.confirm();
    return call.asks(address);
  }

  /// An action after a connect or bind was answered.
  private interface Told {
    void of(Answer answer) throws ErrnoException;
  }

  /// Performs connect or bind. If a signal keeps the answer from the program, the kernel restarts
  /// the call. The restarted call gets the same answer and is not carried out again.
  private CallOutcome once(
      StoppedCall call, ProgramSocket socket, AddressHandler handler, Told told)
      throws ErrnoException {
    var question = question(call);
    long cookie = socket.cookie();
    var replay = context.sockets().table().find(socket).flatMap(state -> state.replay(question));
    var answer =
        replay.isPresent() ? replay.get() : carryOut(call, socket, question.argument(), handler);
    return new CallOutcome(
        answer,
        heard -> {
          if (!heard) {
            remember(call, cookie, question, answer);
          }
          told.of(answer);
        });
  }

  /// Stores the answer for a restarted call. If the program has put another socket in this one's
  /// place meanwhile, the restarted call concerns that socket, and the answer is dropped.
  private void remember(StoppedCall call, long cookie, Question question, Answer answer)
      throws ErrnoException {
    var there = access.borrow(call);
    if (there.isEmpty()) {
      return;
    }
    try (var socket = there.get()) {
      if (socket.cookie() == cookie) {
        context.sockets().table().obtain(socket).remember(question, answer);
      }
    }
  }

  /// Carries the call out.
  ///
  /// @throws ErrnoException ESRCH if the call was interrupted before anything was done; a restarted
  ///     call is then carried out
  private Answer carryOut(
      StoppedCall call, ProgramSocket socket, byte[] address, AddressHandler handler)
      throws ErrnoException {
    try {
      return unlessTaken(() -> handler.perform(call, socket, address));
    } catch (ErrnoException e) {
      if (e.errno() == ESRCH) {
        throw e;
      }
      return failures.answer(call, e);
    }
  }

  /// An attempt that may fail because a socket that the program has already closed still holds
  /// the address.
  private interface Attempt {
    Answer make() throws ErrnoException;
  }

  private Answer unlessTaken(Attempt attempt) throws ErrnoException {
    try {
      var answer = attempt.make();
      if (!answer.equals(new Answer.Failure(EADDRINUSE))) {
        return answer;
      }
    } catch (ErrnoException e) {
      if (e.errno() != EADDRINUSE) {
        throw e;
      }
    }
    context.sockets().table().releaseDeadListeners();
    return attempt.make();
  }

  /// Performs `getsockopt` of the options that the filter passes on.
  private CallOutcome option(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    int option = call.intArgument(2);
    if (option == Sockets.SO_ERROR) {
      return takeError(call, socket);
    }
    call.confirm();
    var state = context.sockets().table().find(socket);
    return CallOutcome.of(
        PeerCalls.areAbout(option)
            ? peers.answer(call, socket, state)
            : option == Sockets.SO_PEERNAME
                ? names.peerNameOption(call, socket)
                : options.device(call, state));
  }

  private Answer option(StoppedCall call, Optional<SocketState> state, ReleasedCalls calls)
      throws ErrnoException {
    int option = call.intArgument(2);
    if (PeerCalls.areAbout(option)) {
      return PeerCalls.answer(call, state.flatMap(SocketState::peer));
    }
    return switch (option) {
      case Sockets.SO_ERROR -> calls.takeError(call, state);
      case Sockets.SO_PEERNAME -> calls.peerName(call, state, CallResults::writeNameOption);
      default -> options.device(call, state);
    };
  }

  /// Performs `SO_ERROR`. Reading clears the error, so an error that does not reach the program
  /// is restored.
  private CallOutcome takeError(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    call.confirm();
    var state = context.sockets().table().find(socket);
    int error = state.map(SocketState::takeFailure).orElse(0);
    if (error == 0) {
      return CallOutcome.of(Answer.LET_READ);
    }
    boolean written = false;
    try {
      var answer = CallResults.writeOption(call, error);
      // The kernel's own error only says that the attempt was cut off, so clear it.
      Sockets.takeError(socket.fd());
      written = true;
      return new CallOutcome(answer, heard -> state.get().setFailure(heard ? 0 : error));
    } finally {
      if (!written) {
        state.get().setFailure(error);
      }
    }
  }
}
