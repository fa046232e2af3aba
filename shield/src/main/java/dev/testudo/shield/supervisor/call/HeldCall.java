package dev.testudo.shield.supervisor.call;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.PidFd;
import dev.testudo.shield.loop.Loop;
import dev.testudo.shield.loop.Timer;
import java.time.Duration;
import java.util.Optional;

/// A stopped call that is answered later. It waits as an entry in a list, never as a thread. A
/// signal may end it at any moment without our being told; then the answer reaches nobody, and the
/// kernel has the program repeat the call or see `EINTR`, as without the shield.
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

  /// Tells of the end of a thread.
  private record EndWatch(Loop loop, PidFd thread, long watch) implements AutoCloseable {
    @Override
    public void close() {
      loop.unwatch(watch, thread.fd());
      thread.close();
    }
  }

  /// Our duplicate of the socket must not outlive a program that was killed. Where threads cannot
  /// be watched (before Linux 6.9), [#look] finds it out.
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

  /// Nobody tells that a signal has ended the call; and a program that turns to something else then
  /// may close the socket, which is not to live on through our duplicate.
  private void look() {
    if (call.isStopped()) {
      look = loop.after(LOOK, this::look);
    } else {
      ended.run();
    }
  }

  /// Holds `call`, which belongs to the result. `timeoutNanos`: 0 for none. Exactly one of the
  /// following ends it: [#answer], [#drop], or, after `timeoutNanos`, the answer `late`; in the
  /// last case and when the thread has ended `over` runs.
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

  /// For answering in other ways than [#answer]; [#drop] follows.
  public StoppedCall call() {
    return call;
  }

  /// What the call asks for, where its repetition must get the same answer.
  public Optional<Question> question() {
    return call.question();
  }

  public boolean isStopped() {
    return !over && call.isStopped();
  }

  /// Answers; false when nobody was waiting any more.
  public boolean answer(Answer answer) {
    if (over) {
      return false;
    }
    try {
      return call.answer(answer);
    } catch (ErrnoException e) {
      // The listener refuses the answer only when the call has gone.
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
