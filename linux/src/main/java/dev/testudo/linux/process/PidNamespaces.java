package dev.testudo.linux.process;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Starts programs in the PID namespaces of other processes (pid_namespaces(7)).
public final class PidNamespaces {
  private static final int CLONE_NEWPID = 0x2000_0000;

  private PidNamespaces() {}

  /// Starts a program in a PID namespace, which is that of this process or one below. Everything
  /// else it has from this process.
  ///
  /// @param namespace an open `/proc/PID/ns/pid`
  /// @throws ErrnoException EPERM without CAP_SYS_ADMIN in the user namespaces of both; ENOMEM if
  ///     the first process of the namespace has ended
  public static Child spawn(Fd namespace, Command command) throws ErrnoException {
    // The kernel gives a thread with a namespace for its children no further threads. So this one
    // ends at once.

    var task =
        new FutureTask<>(
            () -> {
              Native.checked(
                  "setns", Native.call(SystemCall.SETNS, namespace.value(), CLONE_NEWPID));
              return Child.spawn(command);
            });
    Thread.ofPlatform().daemon().name("pid-namespace").start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ErrnoException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ErrnoException("spawn", Errno.EINTR);
    }
  }
}
