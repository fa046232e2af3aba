package dev.testudo.shield.supervisor.connect;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.HeldCall;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import java.util.Optional;

/// An unprotected connect to a loopback address, in blocking mode. It nearly always completes at
/// once, so the supervisor's thread performs it without blocking. If the listener's queue is full,
/// the call is held and the socket watched. All state is in the kernel, where a restarted call
/// finds it.
public final class LocalConnect {
  private final Context context;
  private final ProgramSocket socket;
  private final long cookie;
  private final Inet target;
  private long watch;
  private Optional<HeldCall> held = Optional.empty();

  private LocalConnect(Context context, ProgramSocket socket, Inet target) throws ErrnoException {
    this.context = context;
    this.cookie = socket.cookie();
    this.socket = socket.duplicate();
    this.target = target;
  }

  /// Connects `socket` to `target`, which is in the socket's family.
  static Answer perform(Context context, StoppedCall call, ProgramSocket socket, Inet target)
      throws ErrnoException {
    int errno = Sockets.connectWithoutWaiting(socket.fd(), target);
    if (isUnderWay(errno)) {
      // The second call fetches the result of the first.
      errno = Sockets.connectWithoutWaiting(socket.fd(), target);
      if (isUnderWay(errno)) {
        return new LocalConnect(context, socket, target).hold(call);
      }
    }
    return Answer.ofErrno(errno);
  }

  private static boolean isUnderWay(int errno) {
    return errno == Errno.EINPROGRESS || errno == Errno.EALREADY;
  }

  private Answer hold(StoppedCall call) throws ErrnoException {
    try {
      long timeout = Sockets.timeoutNanos(socket.fd(), Sockets.SO_SNDTIMEO);
      watch = context.loop().watch(socket.fd(), Epoll.EPOLLOUT, _ -> proceed());
      var late = new Answer.Failure(Errno.EINPROGRESS);
      held = Optional.of(HeldCall.hold(context.loop(), call, timeout, late, this::end));
      return Answer.HELD;
    } catch (ErrnoException e) {
      end();
      throw e;
    }
  }

  private void proceed() {
    // The result is for the held call. If a signal interrupted that, the program will ask again.
    if (!held.map(HeldCall::isStopped).orElse(false)) {
      end();
      return;
    }
    int errno = Sockets.connectWithoutWaiting(socket.fd(), target);
    if (isUnderWay(errno)) {
      return;
    }
    var answer = Answer.ofErrno(errno);
    if (!held.get().answer(answer)) {
      context.sockets().table().recordUnheard(socket, held.get().question(), answer);
    }
    end();
  }

  private void end() {
    held.ifPresent(HeldCall::drop);
    context.sockets().table().access().connectEnded(cookie);
    context.loop().unwatch(watch, socket.fd());
    socket.close();
  }
}
