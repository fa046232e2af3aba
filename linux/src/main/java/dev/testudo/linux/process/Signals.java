package dev.testudo.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.function.IntConsumer;

/// Signals to this process (signal(7)).
///
/// The JDK supports them only through `sun.misc.Signal`. The compiler warns about that class and
/// the warning cannot be suppressed, so this class uses it by reflection.
public final class Signals {
  /// How soon after a request to stop another one counts as its echo. `timeout`, for example,
  /// signals a process and then its whole group.
  public static final Duration ECHO = Duration.ofMillis(300);

  private static final Class<?> SIGNAL = type("sun.misc.Signal");
  private static final Class<?> HANDLER = type("sun.misc.SignalHandler");

  private static final MethodHandle SIGACTION =
      Native.plainFunction(
          "sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

  /// Room for `struct sigaction` of glibc on 64-bit machines (152 bytes), which begins with the
  /// handler. `SIG_DFL` is 0.
  private static final long ACTION_SIZE = 256;

  private static final long SIG_IGN = 1;
  private static final int HIGHEST = 64;

  private Signals() {}

  /// An action to run while signals are ignored.
  interface Action<R> {
    R run() throws ErrnoException;
  }

  /// Runs `action` while this process ignores `signals` (one bit each), and then restores their
  /// handlers. A signal that arrives meanwhile is lost.
  static <R> R ignoring(long signals, Action<R> action) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var before = new HashMap<Integer, MemorySegment>();
      try {
        for (int signal = 1; signal <= HIGHEST; signal++) {
          if ((signals & SignalState.bit(signal)) != 0) {
            before.put(signal, replace(arena, signal, SIG_IGN));
          }
        }
        return action.run();
      } finally {
        before.forEach((signal, old) -> set(signal, old, MemorySegment.NULL));
      }
    }
  }

  /// Restores the default action of a signal that the caller of this process ignored, so
  /// that [#handle] has an effect. For `HUP`, `INT` and `TERM`, the JVM leaves an ignored
  /// signal ignored.
  public static void listenTo(int signal) {
    try (var arena = Arena.ofConfined()) {
      replace(arena, signal, 0);
    }
  }

  /// Sets a handler that does nothing, without `SA_RESTART`: a system call that waits ends with
  /// EINTR. It is abs(3), because no Java code can run in a handler.
  static void handleByNothing(int signal) {
    try (var arena = Arena.ofConfined()) {
      replace(arena, signal, Native.address("abs"));
    }
  }

  /// Sets the handler of a signal, and returns the previous action.
  private static MemorySegment replace(Arena arena, int signal, long handler) {
    var action = arena.allocate(ACTION_SIZE, 8);
    action.set(JAVA_LONG, 0, handler);
    var old = arena.allocate(ACTION_SIZE, 8);
    set(signal, action, old);
    return old;
  }

  /// Calls sigaction(2). Has no effect on signals that the C library reserves.
  private static void set(int signal, MemorySegment action, MemorySegment old) {
    try {
      var _ = (int) SIGACTION.invokeExact(signal, action, old);
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  /// Calls `insisted`, on a thread of its own, on each further SIGINT or SIGTERM that is not an
  /// echo. For a process that was told to stop and takes its time.
  public static void whenToldToStopAgain(Runnable insisted) {
    whenToldToStopAgain((int _) -> insisted.run());
  }

  /// As [#whenToldToStopAgain(Runnable)], with the signal's number.
  public static void whenToldToStopAgain(IntConsumer insisted) {
    var told = System.nanoTime();
    for (var name : List.of("INT", "TERM")) {
      handle(
          name,
          number -> {
            if (isAnother(told)) {
              insisted.accept(number);
            }
          });
    }
  }

  /// Returns whether a request to stop now is not an echo of one at `earlier`,
  /// a [System#nanoTime()].
  public static boolean isAnother(long earlier) {
    return System.nanoTime() - earlier > ECHO.toNanos();
  }

  /// Sets the handler of the signal `name` (`TERM`, `HUP`). It is called on a thread of its own
  /// with the signal's number, instead of the default action.
  ///
  /// @return false if the JVM reserves the signal, by default QUIT and USR2
  public static boolean handle(String name, IntConsumer handler) {
    try {
      var number = SIGNAL.getMethod("getNumber");
      SIGNAL
          .getMethod("handle", SIGNAL, HANDLER)
          .invoke(
              null, SIGNAL.getConstructor(String.class).newInstance(name), proxy(number, handler));
      return true;
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException) {
        return false;
      }
      throw new LinkageError("sun.misc.Signal", e);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("sun.misc.Signal", e);
    }
  }

  /// Returns a `SignalHandler`. The JDK calls only its method `handle`.
  private static Object proxy(Method number, IntConsumer handler) {
    InvocationHandler calls =
        (_, method, arguments) -> {
          if (!method.getName().equals("handle")) {
            throw new UnsupportedOperationException(method.getName());
          }
          handler.accept((int) number.invoke(arguments[0]));
          return null;
        };
    return Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {HANDLER}, calls);
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new LinkageError("sun.misc.Signal", e);
    }
  }
}
