package dev.testudo.shield.supervisor.connect;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.PendingConnect;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketAccess;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// An unprotected connect in blocking mode that the kernel does not finish at once. A thread of
/// [BlockingCalls] waits in the kernel, while the program's call waits as an entry here. So a
/// signal can interrupt the call while the attempt continues, which is what Linux itself does.
public final class BlockingConnect extends PendingConnect {
  private final SocketAccess access;
  private final SocketState state;
  private final Fd socket;

  private BlockingConnect(Loop loop, SocketAccess access, SocketState state, Fd socket) {
    super(loop, state);
    this.access = access;
    this.state = state;
    this.socket = socket;
  }

  /// Runs `connect` with a duplicate of the socket on another thread. `connect` returns 0 or
  /// an error number. `after` runs on the supervisor's thread when the attempt has ended or
  /// cannot start.
  static Answer start(
      Context context,
      StoppedCall call,
      ProgramSocket socket,
      ToIntFunction<Fd> connect,
      Runnable after)
      throws ErrnoException {
    BlockingConnect pending;
    try {
      pending = begin(context, socket, connect, after);
    } catch (ErrnoException e) {
      after.run();
      throw e;
    }
    return pending.hold(call, socket, Errno.EINPROGRESS);
  }

  private static BlockingConnect begin(
      Context context, ProgramSocket socket, ToIntFunction<Fd> connect, Runnable after)
      throws ErrnoException {
    var table = context.sockets().table();
    var state = table.obtain(socket);
    var duplicate = socket.fd().duplicate();
    var pending = new BlockingConnect(context.loop(), table.access(), state, duplicate);
    try {
      context
          .blockingCalls()
          .start(
              () -> {
                int errno = connect.applyAsInt(duplicate);
                context.loop().post(() -> pending.ended(errno, after));
              });
    } catch (ErrnoException e) {
      duplicate.close();
      throw e;
    }
    state.setPending(Optional.of(pending));
    return pending;
  }

  private void ended(int errno, Runnable after) {
    // If the program has disconnected the socket meanwhile, the result no longer concerns it.
    boolean current = state.pending().filter(this::equals).isPresent();
    if (current) {
      state.setPending(Optional.empty());
    }
    if (!settle(Answer.ofErrno(errno)) && current) {
      // The waiting thread took the error from the socket. Keep it for SO_ERROR.
      state.setFailure(errno);
    }
    socket.close();
    access.connectEnded(state.cookie());
    after.run();
  }

  @Override
  public boolean letGo() {
    if (!isAwaited()) {
      interrupt();
    }
    return true;
  }

  @Override
  public void abandon() {
    state.setPending(Optional.empty());
    settle(new Answer.Failure(Errno.ECONNABORTED));
    interrupt();
  }

  /// Ends the attempt, so that the waiting thread returns.
  private void interrupt() {
    try {
      Sockets.shutdown(socket, Sockets.SHUT_RDWR);
    } catch (ErrnoException e) {
      // No longer connecting: the thread returns by itself.
    }
  }
}
