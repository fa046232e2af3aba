package dev.testudo.shield;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.PidFd;
import java.io.IOException;

/// What the shield needs of the kernel and of the place it runs in.
final class Support {
  private Support() {}

  /// Tries the calls that containers and old kernels may not have.
  ///
  /// @throws IOException says what is missing and what to change
  static void check() throws IOException {
    int self = Math.toIntExact(ProcessHandle.current().pid());
    try (var thread = PidFd.ofThread(self);
        var copy = thread.getfd(2)) {
      copy.value();
    } catch (ErrnoException e) {
      throw new IOException(reason(e), e);
    }
  }

  private static String reason(ErrnoException e) {
    return switch (e.errno()) {
      case Errno.EINVAL -> "the network shield needs Linux 6.9 or newer (PIDFD_THREAD)";
      case Errno.EPERM, Errno.ENOSYS ->
          "the network shield needs the system call pidfd_getfd, which a seccomp profile forbids"
              + " here: allow it, or give the container CAP_SYS_PTRACE";
      default -> "the network shield cannot duplicate descriptors: " + e.getMessage();
    };
  }

  /// Whether we reach programs that do not want to be inspected.
  static boolean isPrivileged() {
    try {
      int capSysPtrace = 19;
      return (Credentials.own().capabilities() & 1L << capSysPtrace) != 0;
    } catch (ErrnoException e) {
      return false;
    }
  }
}
