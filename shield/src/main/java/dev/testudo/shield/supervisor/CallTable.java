package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Errno.ENOSYS;

import dev.testudo.linux.sys.Architecture;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SystemCall;
import java.util.HashMap;
import java.util.Map;

/// Brings each stopped call to its handler and the answer back.
final class CallTable {
  private final Context context;
  private final NameCalls names;
  private final Map<Integer, Handler> handlers = new HashMap<>();

  /// Performs one kind of call on the socket of its first argument.
  private interface Handler {
    Answer perform(StoppedCall call, ProgramSocket socket) throws ErrnoException;
  }

  /// Performs a call whose effect a repetition must not have twice.
  private interface AddressHandler {
    Answer perform(StoppedCall call, ProgramSocket socket, byte[] address) throws ErrnoException;
  }

  CallTable(Context context) {
    this.context = context;
    var unix = new UnixCalls(context);
    var connects = new ConnectCalls(context, unix);
    var listens = new ListenCalls(context, unix);
    var accepts = new AcceptCalls(context);
    this.names = new NameCalls(context, unix);
    handle(SystemCall.CONNECT, (call, socket) -> once(call, socket, connects::connect));
    handle(SystemCall.BIND, (call, socket) -> once(call, socket, listens::bind));
    simple(SystemCall.LISTEN, (call, socket) -> listens.listen(socket, call.intArgument(1)));
    simple(SystemCall.ACCEPT, accepts::accept);
    simple(SystemCall.ACCEPT4, accepts::accept);
    simple(SystemCall.GETSOCKNAME, names::getsockname);
    simple(SystemCall.GETPEERNAME, names::getpeername);
    handle(SystemCall.GETSOCKOPT, this::takeError);
  }

  private void handle(SystemCall call, Handler handler) {
    call.number(Architecture.current()).ifPresent(number -> handlers.put(number, handler));
  }

  /// Performs `call` and answers it, unless a handler has taken it over.
  void serve(StoppedCall call) throws ErrnoException {
    Answer answer = new Answer.Failure(ENOSYS);
    try (var socket = ProgramSocket.of(call, 0)) {
      var handler = handlers.get(call.number());
      if (handler != null) {
        answer = handler.perform(call, socket);
      } else {
        call.answer(answer);
      }
    } catch (ErrnoException e) {
      answer = new Answer.Failure(e.errno());
      call.answer(answer);
    } finally {
      if (!(answer instanceof Answer.Held)) {
        call.close();
      }
    }
  }

  /// A call whose arguments are registers and out-pointers.
  private void simple(SystemCall call, Handler handler) {
    handle(
        call,
        (stopped, socket) -> {
          stopped.confirm();
          return delivered(stopped, handler.perform(stopped, socket));
        });
  }

  private static Answer delivered(StoppedCall call, Answer answer) throws ErrnoException {
    call.answer(answer);
    return answer;
  }

  /// connect and bind: when a signal keeps the answer from the program, the kernel has it repeat
  /// the call, and the repetition gets the same answer instead of being carried out again.
  private Answer once(StoppedCall call, ProgramSocket socket, AddressHandler handler)
      throws ErrnoException {
    int length = call.intArgument(2);
    if (length < 0 || length > SocketAddress.MAX_LENGTH) {
      return delivered(call, new Answer.Failure(EINVAL));
    }
    var address = call.read(call.argument(1), length);
    call.confirm();
    var question = new SocketState.Question(call.number(), address);
    var replay = context.table().find(socket).flatMap(state -> state.replay(question));
    var answer = replay.isPresent() ? replay.get() : carryOut(call, socket, address, handler);
    if (!call.answer(answer)) {
      context.table().obtain(socket).remember(question, answer);
    }
    return answer;
  }

  private static Answer carryOut(
      StoppedCall call, ProgramSocket socket, byte[] address, AddressHandler handler) {
    try {
      return handler.perform(call, socket, address);
    } catch (ErrnoException e) {
      return new Answer.Failure(e.errno());
    }
  }

  /// `getsockopt(SO_ERROR)`, the only option the filter asks about. Reading clears the error, so
  /// what does not reach the program is put back.
  private Answer takeError(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    call.confirm();
    int error = names.takeError(socket);
    boolean heard = false;
    try {
      var answer = NameCalls.writeOption(call, error);
      heard = call.answer(answer);
      return answer;
    } finally {
      if (!heard && error != 0) {
        context.table().obtain(socket).failure = error;
      }
    }
  }
}
