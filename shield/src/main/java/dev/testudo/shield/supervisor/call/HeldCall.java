package dev.testudo.shield.supervisor.call;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.PidFd;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.loop.Timer;
import java.time.Duration;
import java.util.Optional;

/// A suspended call that is answered later. It is an entry in a list and occupies no thread. A
/// signal may interrupt it at any time without notice. The answer is then lost, and the kernel
/// restarts the call or returns `EINTR`, as without the shield.
public final class HeldCall {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Loop loop;
  private final StoppedCall call;
  private final Optional<EndWatch> endWatch;
  private final Timer deadline;
  private final Runnable ended;
  private Timer look;
  private boolean over;

  private HeldCall(Loop loop, StoppedCall call, long timeoutNanos, Runnable late, Runnable ended)
      throws ErrnoException {
    this.loop = loop;
    this.call = call;
    this.endWatch = watchEnd(loop, call.tid(), ended);
    this.deadline = loop.afterNanos(timeoutNanos, late);
    this.ended = ended;
    this.look = loop.after(LOOK, this::look);
  }

  /// Reports the end of a thread.
  private record EndWatch(Loop loop, PidFd thread, long watch) implements AutoCloseable {
    @Override
    public void close() {
      loop.unwatch(watch, thread.fd());
      thread.close();
    }
  }

  /// Watches for the end of the thread, because the duplicate of its socket must not outlive a
  /// killed program. Before Linux 6.9 threads cannot be watched; then [#look] notices.
  private static Optional<EndWatch> watchEnd(Loop loop, int tid, Runnable ended)
      throws ErrnoException {
    PidFd thread;
    try {
      thread = PidFd.ofThread(tid);
    } catch (ErrnoException e) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new EndWatch(loop, thread, loop.watch(thread.fd(), Epoll.EPOLLIN, _ -> ended.run())));
    } catch (ErrnoException e) {
      thread.close();
      throw e;
    }
  }

  /// Checks whether the call is still suspended. The kernel does not report an interrupted call.
  /// The program may then close the socket, and the shield's duplicate must not keep it open.
  private void look() {
    if (call.isStopped()) {
      look = loop.after(LOOK, this::look);
    } else {
      ended.run();
    }
  }

  /// Holds `call`, which the result owns. Exactly one of these ends it: [#answer], [#drop], the
  /// answer `late` once `timeoutNanos` have passed (0 for no limit), or the end of the calling
  /// thread or its call. In the last two cases `over` runs.
  public static HeldCall hold(
      Loop loop, StoppedCall call, long timeoutNanos, Answer late, Runnable over)
      throws ErrnoException {
    call.releaseMemory();
    var held = new HeldCall[1];
    held[0] =
        new HeldCall(
            loop,
            call,
            timeoutNanos == 0 ? Long.MAX_VALUE / 2 : timeoutNanos,
            () -> held[0].end(late, over),
            () -> held[0].end(Answer.GIVEN, over));
    return held[0];
  }

  private void end(Answer last, Runnable after) {
    answer(last);
    after.run();
  }

  /// Returns the call, to answer it other than by [#answer]. [#drop] must follow.
  public StoppedCall call() {
    return call;
  }

  /// Returns the call's arguments, if a restarted call must get the same answer.
  public Optional<Question> question() {
    return call.question();
  }

  public boolean isStopped() {
    return !over && call.isStopped();
  }

  /// Answers the call. Returns false if it was no longer suspended.
  public boolean answer(Answer answer) {
    if (over) {
      return false;
    }
    try {
      return call.answer(answer);
    } catch (ErrnoException e) {
      // The listener refuses an answer only if the call is no longer suspended.
      return false;
    } finally {
      drop();
    }
  }

  public void drop() {
    if (!over) {
      over = true;
      deadline.cancel();
      look.cancel();
      endWatch.ifPresent(EndWatch::close);
      call.close();
    }
  }
}
