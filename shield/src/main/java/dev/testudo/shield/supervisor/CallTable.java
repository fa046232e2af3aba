package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.EADDRINUSE;
import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Errno.ENOSYS;
import static dev.testudo.linux.sys.Errno.ESRCH;

import dev.testudo.linux.sys.Architecture;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.Shortages;
import dev.testudo.shield.Shortages.Side;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallResults;
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

/// Brings each stopped call to its handler and the answer back.
final class CallTable {
  private static final int SOCKET = SystemCall.SOCKET.number(Architecture.current()).orElseThrow();

  private final Context context;
  private final SocketAccess access;
  private final NameCalls names;
  private final PeerCalls peers;
  private final OptionCalls options;
  private final Map<Integer, Handler> handlers = new HashMap<>();
  private final Map<Integer, ReleasedHandler> releasedHandlers = new HashMap<>();

  /// Performs one kind of call on the socket of its first argument.
  private interface Handler {
    Outcome perform(StoppedCall call, ProgramSocket socket) throws ErrnoException;
  }

  /// What a call returns, and what is to be done once it has returned.
  private record Outcome(Answer answer, Afterwards afterwards) {
    static Outcome of(Answer answer) {
      return new Outcome(answer, _ -> {});
    }
  }

  /// The duplicate of the socket is closed by then: the program goes on at once, and what it closes
  /// next is to be closed by it, not by us.
  private interface Afterwards {
    void follow(boolean heard) throws ErrnoException;
  }

  /// Performs a call that leaves nothing to be done.
  private interface SimpleHandler {
    Answer perform(StoppedCall call, ProgramSocket socket) throws ErrnoException;
  }

  /// The same for a socket that is not kept; see [ReleasedCalls].
  private interface ReleasedHandler {
    Answer perform(StoppedCall call, Optional<SocketState> socket) throws ErrnoException;
  }

  /// Performs a call whose effect a repetition must not have twice.
  private interface AddressHandler {
    Answer perform(StoppedCall call, ProgramSocket socket, byte[] address) throws ErrnoException;
  }

  CallTable(Context context) {
    this.context = context;
    this.access = context.table().access();
    var peers = context.peers();
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
    handle(SystemCall.SETSOCKOPT, (call, socket) -> Outcome.of(options.set(call, socket)));
    handle(SystemCall.SHUTDOWN, (call, socket) -> Outcome.of(listens.shutdown(call, socket)));
    if (access instanceof SuppliedSockets supplied) {
      supplied.namedBy(names::special);
      handleReleased(new ReleasedCalls(context.table()));
    }
  }

  private void handle(SystemCall call, Handler handler) {
    put(handlers, call, handler);
  }

  private static <H> void put(Map<Integer, H> handlers, SystemCall call, H handler) {
    call.number(Architecture.current()).ifPresent(number -> handlers.put(number, handler));
  }

  private void handleReleased(ReleasedCalls calls) {
    put(releasedHandlers, SystemCall.CONNECT, (call, state) -> connect(call, state, calls));
    put(releasedHandlers, SystemCall.BIND, (_, _) -> calls.refuse());
    put(releasedHandlers, SystemCall.LISTEN, (_, _) -> calls.refuse());
    put(releasedHandlers, SystemCall.ACCEPT, (_, _) -> calls.refuse());
    put(releasedHandlers, SystemCall.ACCEPT4, (_, _) -> calls.refuse());
    put(releasedHandlers, SystemCall.GETSOCKNAME, calls::getsockname);
    put(
        releasedHandlers,
        SystemCall.GETPEERNAME,
        (call, state) -> calls.peerName(call, state, CallResults::writeAddress));
    put(releasedHandlers, SystemCall.GETSOCKOPT, (call, state) -> option(call, state, calls));
    put(releasedHandlers, SystemCall.SETSOCKOPT, options::set);
    put(releasedHandlers, SystemCall.SHUTDOWN, (_, _) -> Answer.LET_READ);
  }

  /// Performs `call` and answers it, unless a handler has taken it over.
  void serve(StoppedCall call) throws ErrnoException {
    Answer answer = new Answer.Failure(ENOSYS);
    try {
      var outcome = outcome(call);
      answer = outcome.answer();
      follow(outcome, call.answer(answer));
    } finally {
      if (!(answer instanceof Answer.Held)) {
        call.close();
      }
    }
  }

  private Outcome outcome(StoppedCall call) {
    try {
      return perform(call);
    } catch (ErrnoException e) {
      return Outcome.of(failure(call, e));
    }
  }

  /// An error that the program gets, and we had.
  private Answer failure(StoppedCall call, ErrnoException problem) {
    if (Shortages.isShortage(problem.errno())) {
      var name = SystemCall.name(call.number());
      var what = "%s of the program fails with %s".formatted(name, Errno.name(problem.errno()));
      context.shortages().note(Side.CALL, what, problem.errno());
    }
    return new Answer.Failure(problem.errno());
  }

  private static void follow(Outcome outcome, boolean heard) {
    try {
      outcome.afterwards().follow(heard);
    } catch (ErrnoException e) {
      // The socket has gone, or there are too many: then a repeated call is carried out again.
    }
  }

  private Outcome perform(StoppedCall call) throws ErrnoException {
    if (access instanceof SuppliedSockets supplied && call.number() == SOCKET) {
      return Outcome.of(supplied.supply(call));
    }
    var handler = handlers.get(call.number());
    if (handler == null) {
      return Outcome.of(new Answer.Failure(ENOSYS));
    }
    var borrowed = access.borrow(call);
    if (borrowed.isEmpty()) {
      return Outcome.of(performReleased(call));
    }
    try (var socket = borrowed.get()) {
      return handler.perform(call, socket);
    }
  }

  private Answer performReleased(StoppedCall call) throws ErrnoException {
    var handler = releasedHandlers.get(call.number());
    long inode = DescriptorTables.inodeAt(call.tid(), call.intArgument(0));
    call.confirm();
    return handler == null
        ? new Answer.Failure(ENOSYS)
        : handler.perform(call, context.table().findByInode(inode));
  }

  /// A call whose arguments are registers and out-pointers.
  private void simple(SystemCall call, SimpleHandler handler) {
    handle(
        call,
        (stopped, socket) -> {
          stopped.confirm();
          return Outcome.of(unlessTaken(() -> handler.perform(stopped, socket)));
        });
  }

  private Outcome connect(StoppedCall call, ProgramSocket socket, ConnectCalls connects)
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

  /// What a connect or bind asks for; read once.
  private static Question question(StoppedCall call) throws ErrnoException {
    int length = call.intArgument(2);
    if (length < 0 || length > SocketAddress.MAX_LENGTH) {
      throw new ErrnoException("length of an address", EINVAL);
    }
    var address = call.read(call.argument(1), length);
    call.confirm();
    return call.asks(address);
  }

  /// Something to do with the answer to a connect or bind.
  private interface Told {
    void of(Answer answer) throws ErrnoException;
  }

  /// connect and bind: when a signal keeps the answer from the program, the kernel has it repeat
  /// the call, and the repetition gets the same answer instead of being carried out again.
  private Outcome once(StoppedCall call, ProgramSocket socket, AddressHandler handler, Told told)
      throws ErrnoException {
    var question = question(call);
    long cookie = socket.cookie();
    var replay = context.table().find(socket).flatMap(state -> state.replay(question));
    var answer =
        replay.isPresent() ? replay.get() : carryOut(call, socket, question.argument(), handler);
    return new Outcome(
        answer,
        heard -> {
          if (!heard) {
            remember(call, cookie, question, answer);
          }
          told.of(answer);
        });
  }

  /// The program may have put something else in the place of the socket by now. A repetition of the
  /// call is about that then, and has nothing to do with this answer.
  private void remember(StoppedCall call, long cookie, Question question, Answer answer)
      throws ErrnoException {
    var there = access.borrow(call);
    if (there.isEmpty()) {
      return;
    }
    try (var socket = there.get()) {
      if (socket.cookie() == cookie) {
        context.table().obtain(socket).remember(question, answer);
      }
    }
  }

  /// @throws ErrnoException ESRCH when the call was not stopped any more before anything was done;
  /// there is no answer then that a repetition could get
  private Answer carryOut(
      StoppedCall call, ProgramSocket socket, byte[] address, AddressHandler handler)
      throws ErrnoException {
    try {
      return unlessTaken(() -> handler.perform(call, socket, address));
    } catch (ErrnoException e) {
      if (e.errno() == ESRCH) {
        throw e;
      }
      return failure(call, e);
    }
  }

  /// Something that may fail because a socket has an address that the program has closed already.
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
    context.table().releaseDeadListeners();
    return attempt.make();
  }

  /// `getsockopt` of the options that the filter asks about.
  private Outcome option(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    int option = call.intArgument(2);
    if (option == Sockets.SO_ERROR) {
      return takeError(call, socket);
    }
    call.confirm();
    var state = context.table().find(socket);
    return Outcome.of(
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

  /// `SO_ERROR`. Reading clears the error, so what does not reach the program is put back.
  private Outcome takeError(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    call.confirm();
    var state = context.table().find(socket);
    int error = state.map(SocketState::takeFailure).orElse(0);
    if (error == 0) {
      return Outcome.of(Answer.LET_READ);
    }
    boolean written = false;
    try {
      var answer = CallResults.writeOption(call, error);
      // The kernel has an error too, which says no more than that the attempt was cut off.
      Sockets.takeError(socket.fd());
      written = true;
      return new Outcome(answer, heard -> state.get().setFailure(heard ? 0 : error));
    } finally {
      if (!written) {
        state.get().setFailure(error);
      }
    }
  }
}
