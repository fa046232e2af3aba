package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.HeldCall;
import dev.testudo.shield.supervisor.call.StoppedCall;
import java.util.ArrayList;
import java.util.List;

/// A connect in progress whose state is not only in the kernel, with the calls that wait for it.
public abstract class PendingConnect {
  private final Loop loop;
  private final SocketState state;
  private List<HeldCall> waiting = new ArrayList<>();

  public PendingConnect(Loop loop, SocketState state) {
    this.loop = loop;
    this.state = state;
  }

  /// Makes `call` wait for the end, at most for the socket's `SO_SNDTIMEO`. It then fails
  /// with `late`.
  protected final Answer hold(StoppedCall call, ProgramSocket socket, int late)
      throws ErrnoException {
    long timeout = Sockets.timeoutNanos(socket.fd(), Sockets.SO_SNDTIMEO);
    waiting.add(HeldCall.hold(loop, call, timeout, new Answer.Failure(late), this::forgetEnded));
    return Answer.HELD;
  }

  /// Answers another connect on a socket that is already connecting.
  public final Answer join(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return socket.isNonBlocking()
        ? new Answer.Failure(Errno.EALREADY)
        : hold(call, socket, Errno.EALREADY);
  }

  protected final boolean isAwaited() {
    forgetEnded();
    return !waiting.isEmpty();
  }

  /// Answers all waiting calls. Returns whether any was still suspended. A call that a signal has
  /// just interrupted gets the answer when it is restarted.
  protected final boolean settle(Answer answer) {
    var calls = waiting;
    waiting = new ArrayList<>();
    boolean heard = false;
    for (var call : calls) {
      heard |= call.answer(answer);
    }
    if (!heard && !calls.isEmpty()) {
      calls.getLast().question().ifPresent(question -> state.remember(question, answer));
    }
    return heard;
  }

  private void forgetEnded() {
    waiting.removeIf(
        held -> {
          boolean ended = !held.isStopped();
          if (ended) {
            held.drop();
          }
          return ended;
        });
  }

  /// Called when the program seems to have closed the socket. Closes the shield's duplicate of it.
  /// Returns false if there is none.
  public abstract boolean letGo();

  /// Cancels the attempt.
  public abstract void abandon();
}
