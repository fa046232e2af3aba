package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A counter that can be polled (eventfd(2)). Other threads use it to wake a thread that waits
/// in [Epoll#await].
public final class EventFd implements AutoCloseable {
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK = 0x800;
  private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);

  private final Fd fd;

  public EventFd() throws ErrnoException {
    long result = Native.call(SystemCall.EVENTFD2, 0, EFD_CLOEXEC | EFD_NONBLOCK);
    this.fd = new Fd((int) Native.checked("eventfd2", result));
  }

  /// Returns the descriptor for [Epoll#add].
  public Fd fd() {
    return fd;
  }

  /// Makes the descriptor readable. Safe to call from any thread; does nothing once closed.
  public void signal() {
    if (fd.isOpen()) {
      // The only error is EAGAIN: the counter is full, so the waiting thread wakes anyway.
      Native.call(SystemCall.WRITE, fd.value(), ONE.address(), ONE.byteSize());
    }
  }

  /// Makes the descriptor unreadable until the next [#signal].
  public void reset() {
    try (var arena = Arena.ofConfined()) {
      var counter = arena.allocate(JAVA_LONG);
      Native.call(SystemCall.READ, fd.value(), counter.address(), counter.byteSize());
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
