package dev.testudo.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;

/// A signal to one thread of this process that does nothing but end a system call in which the
/// thread waits, with EINTR. The JVM's own signals restart such calls.
///
/// A signal that comes just before the call ends nothing, so the sender repeats it.
public final class WakeSignal {
  /// A real-time signal, which neither the JVM nor the C library uses. Programs that this process
  /// starts have its default action.
  private static final int NUMBER = 58;

  private static final int SIG_UNBLOCK = 1;

  static {
    Signals.handleByNothing(NUMBER);
  }

  private WakeSignal() {}

  /// Makes the calling thread one that [#send] can wake. Returns its number.
  public static long receiver() throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var mask = arena.allocateFrom(JAVA_LONG, SignalState.bit(NUMBER));
      long result =
          Native.call(SystemCall.RT_SIGPROCMASK, SIG_UNBLOCK, mask.address(), 0, mask.byteSize());
      Native.checked("rt_sigprocmask", result);
    }
    return Native.checked("gettid", Native.call(SystemCall.GETTID, 0));
  }

  /// Sends the signal to a thread. Has no effect if the thread has ended.
  public static void send(long thread) {
    var _ = Native.call(SystemCall.TGKILL, ProcessHandle.current().pid(), thread, NUMBER);
  }
}
