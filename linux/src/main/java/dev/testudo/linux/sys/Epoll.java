package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An epoll instance (epoll(7)). One thread waits; any thread may change the interest list.
public final class Epoll implements AutoCloseable {
  public static final int EPOLLIN = 0x001;

  /// TCP urgent data has arrived; see tcp(7).
  public static final int EPOLLPRI = 0x002;

  public static final int EPOLLOUT = 0x004;
  public static final int EPOLLERR = 0x008;
  public static final int EPOLLHUP = 0x010;
  public static final int EPOLLRDHUP = 0x2000;

  /// Of several instances that watch the same descriptor, an event wakes one.
  public static final int EPOLLEXCLUSIVE = 1 << 28;

  public static final int EPOLLONESHOT = 1 << 30;
  public static final int EPOLLET = 1 << 31;

  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int MODIFY = 3;

  private static final long DATA_OFFSET = Architecture.current().differences().dataInEvent();
  private static final long EVENT_SIZE = DATA_OFFSET + Long.BYTES;

  /// Receives one ready descriptor: the key with which it was added, and `EPOLL*` bits.
  @FunctionalInterface
  public interface Ready {
    void on(long key, int events);
  }

  private final Fd fd;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment events;
  private final int capacity;

  /// Creates an instance. `capacity` is the maximum number of events per [#await].
  public Epoll(int capacity) throws ErrnoException {
    this.capacity = capacity;
    this.events = arena.allocate(EVENT_SIZE * capacity, 8);
    long result = Native.call(SystemCall.EPOLL_CREATE1, EPOLL_CLOEXEC);
    this.fd = new Fd((int) Native.checked("epoll_create1", result));
  }

  /// Returns the instance's own descriptor, which can be polled: it is readable when any watched
  /// descriptor is ready.
  public Fd fd() {
    return fd;
  }

  public void add(Fd watched, int interest, long key) throws ErrnoException {
    control("epoll_ctl add", ADD, watched, interest, key);
  }

  public void modify(Fd watched, int interest, long key) throws ErrnoException {
    control("epoll_ctl modify", MODIFY, watched, interest, key);
  }

  /// Removes `watched` from the interest list. Required before closing a descriptor that has
  /// duplicates elsewhere, because epoll watches the open file description and would continue to
  /// report it.
  public void remove(Fd watched) throws ErrnoException {
    control("epoll_ctl delete", DELETE, watched, 0, 0);
  }

  /// Waits up to `timeoutMillis` (-1 for no limit), and passes the ready descriptors to `ready`.
  /// Returns their number. A signal counts as a timeout.
  public int await(int timeoutMillis, Ready ready) throws ErrnoException {
    long result =
        Native.call(
            SystemCall.EPOLL_PWAIT, fd.value(), events.address(), capacity, timeoutMillis, 0);
    if (result == -Errno.EINTR) {
      return 0;
    }
    int count = (int) Native.checked("epoll_wait", result);
    for (int i = 0; i < count; i++) {
      long at = i * EVENT_SIZE;
      ready.on(
          events.get(JAVA_LONG_UNALIGNED, at + DATA_OFFSET),
          events.get(JAVA_INT.withByteAlignment(1), at));
    }
    return count;
  }

  private void control(String what, int operation, Fd watched, int interest, long key)
      throws ErrnoException {
    try (var confined = Arena.ofConfined()) {
      var event = confined.allocate(16, 8);
      event.set(JAVA_INT, 0, interest);
      event.set(JAVA_LONG_UNALIGNED, DATA_OFFSET, key);
      long result =
          Native.call(
              SystemCall.EPOLL_CTL, fd.value(), operation, watched.value(), event.address());
      Native.checked(what, result);
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
