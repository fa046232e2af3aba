package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// Calls the kernel and the C library. Only the packages of this module use it.
///
/// System calls go through syscall(2), so one linked function serves them all. The error number is
/// captured within the same native transition, because the JVM may change the thread's `errno`
/// between two downcalls.
@SuppressWarnings("restricted") // the one place that links native functions
public final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO_VALUE =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

  private static final MethodHandle SYSCALL =
      function(
          "syscall",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
              JAVA_LONG),
          Linker.Option.firstVariadicArg(1));

  /// For non-blocking calls with the arguments (descriptor, buffer, length, flags). The buffer may
  /// be on the Java heap, which the garbage collector cannot collect during the call.
  private static final MethodHandle HEAP_SYSCALL =
      function(
          "syscall",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Linker.Option.firstVariadicArg(1),
          Linker.Option.critical(true));

  private Native() {}

  /// Links a C library function that sets `errno`. Its first argument is [#state]; [#errno] returns
  /// the error afterwards.
  public static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    var all = new Linker.Option[options.length + 1];
    all[0] = ERRNO;
    System.arraycopy(options, 0, all, 1, options.length);
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
  }

  /// Links a C library function that does not set `errno`.
  public static MethodHandle plainFunction(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
  }

  /// Returns the address of a C library function.
  public static long address(String name) {
    return LINKER.defaultLookup().findOrThrow(name).address();
  }

  /// Returns this thread's memory for the captured error number.
  public static MemorySegment state() {
    return STATE.get();
  }

  /// Returns the error number that the latest call with `state` captured.
  public static int errno(MemorySegment state) {
    return (int) ERRNO_VALUE.get(state, 0L);
  }

  /// Makes a system call. Returns the result or the negated error number, like the kernel itself.
  /// Addresses in the arguments must stay allocated until the call returns.
  public static long call(SystemCall call, long a, long b, long c, long d, long e, long f) {
    var state = STATE.get();
    try {
      long result = (long) SYSCALL.invokeExact(state, (long) call.here(), a, b, c, d, e, f);
      return result == -1 ? -errno(state) : result;
    } catch (Throwable t) {
      throw new AssertionError(call.name(), t);
    }
  }

  public static long call(SystemCall call, long a) {
    return call(call, a, 0, 0, 0, 0, 0);
  }

  public static long call(SystemCall call, long a, long b) {
    return call(call, a, b, 0, 0, 0, 0);
  }

  public static long call(SystemCall call, long a, long b, long c) {
    return call(call, a, b, c, 0, 0, 0);
  }

  public static long call(SystemCall call, long a, long b, long c, long d) {
    return call(call, a, b, c, d, 0, 0);
  }

  public static long call(SystemCall call, long a, long b, long c, long d, long e) {
    return call(call, a, b, c, d, e, 0);
  }

  /// As [#call], with a buffer that may be on the heap. The call must not block, because all
  /// threads that wait for a garbage collection would wait for it.
  static long heapCall(SystemCall call, long fd, MemorySegment buffer, long length, long flags) {
    var state = STATE.get();
    try {
      long result =
          (long)
              HEAP_SYSCALL.invokeExact(
                  state, (long) call.here(), fd, buffer, length, flags, 0L, 0L);
      return result == -1 ? -errno(state) : result;
    } catch (Throwable t) {
      throw new AssertionError(call.name(), t);
    }
  }

  /// Returns `result` of [#call], or throws the exception for its error.
  public static long checked(String what, long result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(what, (int) -result);
    }
    return result;
  }
}
