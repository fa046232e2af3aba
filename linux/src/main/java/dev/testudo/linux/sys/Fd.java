package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A file descriptor of this process. Its owner closes it exactly once; the garbage collector
/// never does.
///
/// An `Fd` has one owner at a time. If it were closed while another thread still used it,
/// that thread would act on whatever gets the number next. Threads other than the owner's
/// must use [#whileOpen].
public final class Fd implements AutoCloseable {
  private static final int CLOSED = -1;
  private static final int RLIMIT_NOFILE = 7;
  private static final VarHandle NUMBER;

  static {
    try {
      NUMBER = MethodHandles.lookup().findVarHandle(Fd.class, "number", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// Held while closing, and during [#whileOpen].
  private final Object open = new Object();

  @SuppressWarnings("UnusedVariable") // written through NUMBER
  private volatile int number;

  /// An action of another thread on a descriptor. It must not block.
  @FunctionalInterface
  public interface Use {
    void of(Fd fd) throws ErrnoException;
  }

  /// Takes ownership of an open descriptor.
  public Fd(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("not a descriptor: " + number);
    }
    this.number = number;
  }

  /// Returns how many descriptors this process may have after [#raiseLimit].
  public static long limit() throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      long highest = limits(arena).getAtIndex(JAVA_LONG, 1);
      return highest < 0 ? Long.MAX_VALUE : highest; // RLIM_INFINITY
    }
  }

  /// Raises the soft limit of descriptors to the hard limit. Processes started from now on
  /// inherit it.
  public static void raiseLimit() throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var limits = limits(arena);
      limits.setAtIndex(JAVA_LONG, 0, limits.getAtIndex(JAVA_LONG, 1));
      long result = Native.call(SystemCall.PRLIMIT64, 0, RLIMIT_NOFILE, limits.address(), 0);
      Native.checked("prlimit", result);
    }
  }

  /// Returns `struct rlimit64`: the soft and the hard limit.
  private static MemorySegment limits(Arena arena) throws ErrnoException {
    var limits = arena.allocate(JAVA_LONG, 2);
    long result = Native.call(SystemCall.PRLIMIT64, 0, RLIMIT_NOFILE, 0, limits.address());
    Native.checked("prlimit", result);
    return limits;
  }

  /// Returns the descriptor's number.
  ///
  /// @throws IllegalStateException if it is closed, because the number may then belong to
  ///     something else
  public int value() {
    int current = number;
    if (current == CLOSED) {
      throw new IllegalStateException("descriptor already closed");
    }
    return current;
  }

  public boolean isOpen() {
    return number != CLOSED;
  }

  /// Returns another descriptor of the same open file description, close-on-exec. The caller
  /// owns it.
  public Fd duplicate() throws ErrnoException {
    int dupfdCloexec = 1030;
    long result = Native.call(SystemCall.FCNTL, value(), dupfdCloexec, 0);
    return new Fd((int) Native.checked("fcntl(F_DUPFD_CLOEXEC)", result));
  }

  /// Closes the descriptor. Further calls have no effect. An error of close(2) is ignored, because
  /// Linux releases the descriptor in any case.
  @Override
  public void close() {
    synchronized (open) {
      int current = (int) NUMBER.getAndSet(this, CLOSED);
      if (current != CLOSED) {
        Native.call(SystemCall.CLOSE, current);
      }
    }
  }

  /// Runs `use` unless the descriptor is closed. A concurrent close waits. For threads other than
  /// the owner's. Returns false if it was closed already.
  public boolean whileOpen(Use use) throws ErrnoException {
    synchronized (open) {
      if (isOpen()) {
        use.of(this);
        return true;
      }
      return false;
    }
  }

  @Override
  public String toString() {
    int current = number;
    return current == CLOSED ? "Fd[closed]" : "Fd[" + current + "]";
  }
}
