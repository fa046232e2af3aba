package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// ppoll(2) on two descriptors: one that matters most, and an epoll instance for all others.
///
/// Whoever wakes the waiter of a polled descriptor can ask the kernel to run it at once on his own
/// processor (`SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP`); through an epoll instance that wish is lost,
/// and waking an idle processor takes several times as long as switching to another thread.
public final class PollPair {
  /// `POLLIN`, which has the value of [Epoll#EPOLLIN], as all other bits have.
  private static final int POLLIN = 1;

  private static final int SECOND = 8;

  private final Fd first;
  private final Fd second;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment polls = arena.allocate(2 * SECOND, 8);
  private final MemorySegment timeout = arena.allocate(16, 8);

  /// Both stay the caller's.
  public PollPair(Fd first, Fd second) {
    this.first = first;
    this.second = second;
  }

  /// Waits up to `timeoutMillis` (-1: without end) until one of them can be read, fails or hangs
  /// up. A signal counts as nothing being ready.
  public void await(int timeoutMillis) throws ErrnoException {
    ask(0, first);
    ask(SECOND, second);
    timeout.set(JAVA_LONG, 0, timeoutMillis / 1000);
    timeout.set(JAVA_LONG, 8, timeoutMillis % 1000 * 1_000_000L);
    long until = timeoutMillis < 0 ? 0 : timeout.address();
    long result = Native.call(SystemCall.PPOLL, polls.address(), 2, until, 0, 0);
    if (result != -Errno.EINTR) {
      Native.checked("ppoll", result);
    }
  }

  /// The `EPOLL*` bits of the first one; 0: none.
  public int firstEvents() {
    return events(0);
  }

  /// The `EPOLL*` bits of the second one; 0: none.
  public int secondEvents() {
    return events(SECOND);
  }

  private void ask(int at, Fd fd) {
    polls.set(JAVA_INT, at, fd.value());
    polls.set(JAVA_INT, at + 4, POLLIN);
  }

  private int events(int at) {
    return polls.get(JAVA_INT, at + 4) >>> 16;
  }
}
