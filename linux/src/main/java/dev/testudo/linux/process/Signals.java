package dev.testudo.linux.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/// Signals this process gets (signal(7)).
///
/// The JDK tells of them by `sun.misc.Signal` only. The compiler warns of that class without a way
/// to say that it is meant, so it is reached by reflection.
public final class Signals {
  private static final Class<?> SIGNAL = type("sun.misc.Signal");
  private static final Class<?> HANDLER = type("sun.misc.SignalHandler");

  private Signals() {}

  /// Calls `handler` with the signal's number, on a thread of its own, whenever this process gets
  /// the signal `name` (`TERM`, `HUP`), instead of what would happen otherwise.
  ///
  /// @return false when the JVM keeps the signal for itself: QUIT and USR2 unless it is told
  ///     otherwise
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

  /// The JDK calls nothing but `handle`.
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
