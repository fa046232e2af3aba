package dev.testudo.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.lang.foreign.Arena;

/// A program that this process started.
///
/// Its process id stays valid until it is reaped. Reaping and signalling exclude each other, so a
/// signal never reaches another process that got the same number.
public final class Child {
  private final int pid;
  private volatile @org.jspecify.annotations.Nullable Exit exit; // null until reaped

  private Child(int pid) {
    this.pid = pid;
  }

  /// Starts a program from the calling thread, which must be a platform thread: the program
  /// inherits its seccomp filter, capabilities and mount namespace. The program is the leader of a
  /// new session and has only the descriptors 0, 1 and 2. During the start, this process ignores
  /// the signals that the program is to start with ignored.
  ///
  /// Returns once the program is loaded.
  ///
  /// @throws ErrnoException if it cannot be started, for example ENOENT for a missing program,
  ///     interpreter or working directory
  public static Child spawn(Command command) throws ErrnoException {
    return new Child(Spawn.start(command));
  }

  /// Returns the process id, as this process sees it.
  public long pid() {
    return pid;
  }

  /// Waits for the program to end, and returns how it ended. Does not affect other children. May be
  /// called repeatedly and by several threads.
  public Exit await() throws ErrnoException {
    try {
      Wait.untilEnded(Wait.P_PID, pid);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ECHILD) {
        throw e;
      }
      // Another thread has reaped it, so its exit is known below.
    }
    return reap();
  }

  /// Sends a signal. Does nothing if the program has ended.
  public synchronized void signal(int signal) throws ErrnoException {
    if (exit != null) {
      return;
    }
    var result = Native.call(SystemCall.KILL, pid, signal);
    if (result != -Errno.ESRCH) {
      Native.checked("kill", result);
    }
  }

  /// Reaps the program, which must have ended.
  synchronized Exit reap() throws ErrnoException {
    var known = exit;
    if (known != null) {
      return known;
    }
    var now = Wait.reap(pid);
    exit = now;
    return now;
  }

  @Override
  public String toString() {
    return "Child[" + pid + "]";
  }

  /// waitid(2).
  static final class Wait {
    static final int P_ALL = 0;
    static final int P_PID = 1;

    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x0100_0000;

    private static final int CLD_EXITED = 1;

    /// Offsets in `siginfo_t` on 64-bit Linux, whose size is 128 bytes.
    private static final long SI_CODE = 8;

    private static final long SI_PID = 16;
    private static final long SI_STATUS = 24;
    private static final long SIGINFO_SIZE = 128;

    private Wait() {}

    /// Waits for a child to end, without reaping it, and returns its process id.
    static int untilEnded(int type, int id) throws ErrnoException {
      try (var arena = Arena.ofConfined()) {
        var info = arena.allocate(SIGINFO_SIZE, 8);
        wait(type, id, info.address(), WEXITED | WNOWAIT);
        return info.get(JAVA_INT, SI_PID);
      }
    }

    /// Reaps a child that has ended.
    static Exit reap(int pid) throws ErrnoException {
      try (var arena = Arena.ofConfined()) {
        var info = arena.allocate(SIGINFO_SIZE, 8);
        wait(P_PID, pid, info.address(), WEXITED);
        var status = info.get(JAVA_INT, SI_STATUS);
        return info.get(JAVA_INT, SI_CODE) == CLD_EXITED
            ? new Exit.Exited(status)
            : new Exit.Killed(status);
      }
    }

    /// Reaps the child if it has ended.
    static void reapIfEnded(int pid) throws ErrnoException {
      wait(P_PID, pid, 0, WEXITED | WNOHANG);
    }

    private static void wait(int type, int id, long info, int options) throws ErrnoException {
      while (true) {
        var result = Native.call(SystemCall.WAITID, type, id, info, options, 0);
        if (result != -Errno.EINTR) {
          Native.checked("waitid", result);
          return;
        }
      }
    }
  }
}
