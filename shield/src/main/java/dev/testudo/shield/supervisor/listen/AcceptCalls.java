package dev.testudo.shield.supervisor.listen;

import static dev.testudo.linux.sys.Errno.EAGAIN;
import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Errno.ENOENT;
import static dev.testudo.linux.sys.Errno.EOPNOTSUPP;

import dev.testudo.linux.sys.Architecture;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.Shortages.Side;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallResults;
import dev.testudo.shield.supervisor.call.HeldCall;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.util.Optional;

/// Performs accept(2) and accept4(2) on plain and protected listeners.
///
/// The supervisor accepts from the program's own listening socket. It gives the program the
/// connection in the same step that answers the call. A call that has to wait is an entry in
/// an [AcceptQueue].
public final class AcceptCalls {
  private static final int ACCEPT4 =
      SystemCall.ACCEPT4.number(Architecture.current()).orElseThrow();

  private final Context context;

  public AcceptCalls(Context context) {
    this.context = context;
  }

  public Answer accept(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    if ((flags(call) & ~(Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC)) != 0) {
      return new Answer.Failure(EINVAL);
    }
    if (!socket.isListening()) {
      if (!socket.isUnix() && !socket.isInet()) {
        // Bluetooth does not report SO_ACCEPTCONN, and accepting here would block this thread.
        return new Answer.Failure(EOPNOTSUPP);
      }
      // Fails at once with the error for this kind of socket.
      Sockets.accept4(socket.fd(), 0).ifPresent(accepted -> accepted.fd().close());
      return new Answer.Failure(EINVAL);
    }
    var known = context.sockets().table().find(socket).flatMap(AcceptQueue::of);
    var queue = known.isPresent() ? known.get() : newQueue(socket);
    var arrival = queue.next(socket.fd());
    if (arrival.isPresent()) {
      return deliver(call, queue, arrival.get(), socket.fd());
    }
    if (socket.isNonBlocking()) {
      return new Answer.Failure(EAGAIN);
    }
    context.sockets().table().obtain(socket).setAccepts(Optional.of(queue));
    queue.hold(call, socket, () -> serve(queue));
    return Answer.HELD;
  }

  /// Returns a queue. The socket's state keeps it only once something waits in it.
  private AcceptQueue newQueue(ProgramSocket socket) throws ErrnoException {
    var known = context.sockets().table().find(socket);
    var state =
        known.isPresent() ? known.get() : new SocketState(socket.cookie(), 0, socket.place());
    return new AcceptQueue(context, state);
  }

  /// Serves the waiting calls, as long as there are connections. Called when the listening socket
  /// is readable.
  private void serve(AcceptQueue queue) {
    while (queue.watched().isPresent()) {
      var held = queue.nextWaiting();
      if (held.isEmpty() || !serve(queue, held.get(), queue.watched().get())) {
        break;
      }
    }
    queue.restIfIdle();
  }

  /// Serves one call. Returns whether to try the next one.
  private boolean serve(AcceptQueue queue, HeldCall held, Fd listener) {
    try {
      var arrival = queue.next(listener);
      if (arrival.isEmpty()) {
        queue.waitOn(held);
        return false;
      }
      var answer = deliver(held.call(), queue, arrival.get(), listener);
      if (answer.equals(Answer.GIVEN)) {
        held.drop();
      } else {
        held.answer(answer);
      }
    } catch (ErrnoException e) {
      if (context
          .reports()
          .shortages()
          .note(Side.INBOUND, "an accept of the program waits", e.errno())) {
        queue.waitOn(held);
        queue.pause();
        return false;
      }
      held.answer(new Answer.Failure(e.errno()));
    }
    return true;
  }

  private Answer deliver(
      StoppedCall call, AcceptQueue queue, AcceptQueue.Arrival arrival, Fd listener)
      throws ErrnoException {
    int flags = flags(call);
    boolean given = false;
    try {
      // The connection is not shared yet. One that was kept from an earlier call may have
      // another mode.
      Files.setNonBlocking(arrival.fd(), (flags & Sockets.SOCK_NONBLOCK) != 0);
      if (call.argument(1) != 0) {
        CallResults.writeAddress(call, arrival.peerName());
      }
      int result = call.answerWithDescriptor(arrival.fd(), (flags & Sockets.SOCK_CLOEXEC) != 0);
      given = result >= 0;
      if (given) {
        remember(arrival, new ProgramSocket.Place(call.tid(), result), listener);
      }
      return given || result == -ENOENT ? Answer.GIVEN : new Answer.Failure(-result);
    } finally {
      if (given) {
        arrival.fd().close();
      } else {
        keep(queue, arrival, listener, call);
      }
    }
  }

  private void keep(AcceptQueue queue, AcceptQueue.Arrival arrival, Fd listener, StoppedCall call) {
    try {
      var place = new ProgramSocket.Place(call.tid(), call.intArgument(0));
      long cookie = Sockets.cookie(listener);
      var known = context.sockets().table().find(cookie);
      var state = known.isPresent() ? known.get() : context.sockets().table().add(listener, place);
      state.setAccepts(Optional.of(queue));
      queue.keep(arrival, listener);
    } catch (ErrnoException e) {
      // Too many sockets are known: the connection is reset, as when a backlog overflows.
      arrival.fd().close();
    }
  }

  private void remember(AcceptQueue.Arrival arrival, ProgramSocket.Place place, Fd listener)
      throws ErrnoException {
    if (arrival.isUnix()) {
      context.sockets().peers().accepted(arrival.fd(), place, listener);
    }
    if (arrival.ends().isPresent()) {
      var state = context.sockets().table().add(arrival.fd(), place);
      state.setShown(arrival.ends());
      state.setOuter(arrival.visitor().map(PrivateListener.Visitor::outer));
      arrival.visitor().ifPresent(visitor -> visitor.vanished().of(state.cookie()));
      state.setReal(
          Optional.of(
              new SocketState.Ends(
                  ProgramSocket.inet(Sockets.getsockname(arrival.fd())),
                  ProgramSocket.inet(Sockets.getpeername(arrival.fd())))));
    }
    context.sockets().table().access().given(arrival.fd(), place);
  }

  private static int flags(StoppedCall call) {
    return call.number() == ACCEPT4 ? call.intArgument(3) : 0;
  }
}
