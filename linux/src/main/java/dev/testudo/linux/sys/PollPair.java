package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// ppoll(2) on two descriptors: an urgent one, and an epoll instance for all others.
///
/// A process that makes a polled descriptor ready can ask the kernel to run the waiting thread
/// at once on the same processor (`SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP`). Through an epoll
/// instance that request is lost, and waking an idle processor takes several times as long as a
/// switch of threads.
public final class PollPair {
  /// `POLLIN`. Like all other bits, it equals the epoll bit, here [Epoll#EPOLLIN].
  private static final int POLLIN = 1;

  private static final int SECOND = 8;

  private final Fd first;
  private final Fd second;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment polls = arena.allocate(2 * SECOND, 8);
  private final MemorySegment timeout = arena.allocate(16, 8);

  /// Creates a pair. The caller keeps and closes both descriptors.
  public PollPair(Fd first, Fd second) {
    this.first = first;
    this.second = second;
  }

  /// Waits up to `timeoutMillis` (-1 for no limit) until one of them is readable, has an error or
  /// hangs up. A signal counts as a timeout.
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

  /// Returns the `EPOLL*` bits of the first descriptor, or 0.
  public int firstEvents() {
    return events(0);
  }

  /// Returns the `EPOLL*` bits of the second descriptor, or 0.
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
