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

/// A connect under way that the kernel alone does not know of, with the calls that wait for its
/// end.
public abstract class PendingConnect {
  private final Loop loop;
  private final SocketState state;
  private List<HeldCall> waiting = new ArrayList<>();

  public PendingConnect(Loop loop, SocketState state) {
    this.loop = loop;
    this.state = state;
  }

  /// Lets `call` wait for the end, at most the socket's `SO_SNDTIMEO`; `late` is what it then
  /// returns.
  protected final Answer hold(StoppedCall call, ProgramSocket socket, int late)
      throws ErrnoException {
    long timeout = Sockets.timeoutNanos(socket.fd(), Sockets.SO_SNDTIMEO);
    waiting.add(HeldCall.hold(loop, call, timeout, new Answer.Failure(late), this::forgetEnded));
    return Answer.HELD;
  }

  /// One more call on a socket that is connecting already.
  public final Answer join(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return socket.isNonBlocking()
        ? new Answer.Failure(Errno.EALREADY)
        : hold(call, socket, Errno.EALREADY);
  }

  protected final boolean isAwaited() {
    forgetEnded();
    return !waiting.isEmpty();
  }

  /// Answers all calls that wait; whether any was still there to hear it. One that a signal has
  /// just ended gets the answer when it is repeated.
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

  /// The program seems to have closed the socket. Lets go of our own duplicate of it; false when
  /// there is none (any more).
  public abstract boolean letGo();

  /// Nobody is interested any more.
  public abstract void abandon();
}
