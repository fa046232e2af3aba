package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A descriptor of this process, closed exactly once by its owner; the garbage collector never
/// closes it. Whoever closes it while another thread still uses it would let that thread act on
/// whatever the kernel gives the number to next, so an `Fd` has one owner at a time. Others may use
/// it by [#whileOpen].
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

  /// Held while closing, and while somebody else than the owner uses the descriptor.
  private final Object open = new Object();

  @SuppressWarnings("UnusedVariable") // written through NUMBER
  private volatile int number;

  /// What somebody else than the owner does with a descriptor; it must not wait for anything.
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

  /// How many descriptors this process may have at once, after [#raiseLimit].
  public static long limit() throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      long highest = limits(arena).getAtIndex(JAVA_LONG, 1);
      return highest < 0 ? Long.MAX_VALUE : highest; // RLIM_INFINITY
    }
  }

  /// Takes as many as this process may have. What it starts from now on inherits that.
  public static void raiseLimit() throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var limits = limits(arena);
      limits.setAtIndex(JAVA_LONG, 0, limits.getAtIndex(JAVA_LONG, 1));
      long result = Native.call(SystemCall.PRLIMIT64, 0, RLIMIT_NOFILE, limits.address(), 0);
      Native.checked("prlimit", result);
    }
  }

  /// `struct rlimit64`: what holds, and how far it may be raised.
  private static MemorySegment limits(Arena arena) throws ErrnoException {
    var limits = arena.allocate(JAVA_LONG, 2);
    long result = Native.call(SystemCall.PRLIMIT64, 0, RLIMIT_NOFILE, 0, limits.address());
    Native.checked("prlimit", result);
    return limits;
  }

  /// The number. Throws [IllegalStateException] once closed, because the number may by then belong
  /// to something else.
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

  /// Another descriptor of the same open file, close-on-exec; the caller owns it.
  public Fd duplicate() throws ErrnoException {
    int dupfdCloexec = 1030;
    long result = Native.call(SystemCall.FCNTL, value(), dupfdCloexec, 0);
    return new Fd((int) Native.checked("fcntl(F_DUPFD_CLOEXEC)", result));
  }

  /// Closes the descriptor; more calls do nothing. An error of close(2) is ignored: on Linux the
  /// descriptor is gone in every case.
  @Override
  public void close() {
    synchronized (open) {
      int current = (int) NUMBER.getAndSet(this, CLOSED);
      if (current != CLOSED) {
        Native.call(SystemCall.CLOSE, current);
      }
    }
  }

  /// Does `use` unless the descriptor is closed; whoever closes it meanwhile waits. For other
  /// threads than the owner's. False when it was closed already.
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
