package dev.testudo.shield;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.PidFd;
import dev.testudo.linux.sys.ProcFile;
import dev.testudo.shield.supervisor.socket.SocketWay;
import java.io.IOException;
import java.util.regex.Pattern;

/// What the shield requires of the kernel and of its environment.
final class Support {
  private static final int CAP_SYS_PTRACE = 19;

  /// The first kernel that injects a descriptor and answers the notification in one
  /// step (`SECCOMP_ADDFD_FLAG_SEND`).
  private static final int[] OLDEST = {5, 14};

  private Support() {}

  /// Probes which way to the program's sockets works here.
  ///
  /// @throws IOException if none works; the message says what is missing and what to change
  static SocketWay socketWay() throws IOException {
    checkKernel(read("/proc/sys/kernel/osrelease"));
    // Without Yama, neither the file nor the restriction exists.
    checkTracing(read("/proc/sys/kernel/yama/ptrace_scope"), isPrivileged());
    return duplicates() ? SocketWay.DUPLICATE : SocketWay.SUPPLY;
  }

  /// Returns a description for the log.
  static String description(SocketWay way) {
    return switch (way) {
      case DUPLICATE -> "duplicates the program's sockets (pidfd_getfd)";
      case SUPPLY -> "creates the program's sockets itself because pidfd_getfd is not available";
    };
  }

  static void checkKernel(String release) throws IOException {
    var version = Pattern.compile("(\\d+)\\.(\\d+)").matcher(release);
    if (!version.lookingAt()) {
      return;
    }
    int major = Integer.parseInt(version.group(1));
    int minor = Integer.parseInt(version.group(2));
    if (major < OLDEST[0] || (major == OLDEST[0] && minor < OLDEST[1])) {
      throw new IOException(
          "the network shield needs Linux %d.%d or newer, this is %s"
              .formatted(OLDEST[0], OLDEST[1], release));
    }
  }

  /// Checks the right to trace the program, which reading its memory requires. Both ways need it.
  static void checkTracing(String scope, boolean privileged) throws IOException {
    if ((scope.equals("2") || scope.equals("3")) && !(privileged && scope.equals("2"))) {
      throw new IOException(
          "the network shield must read the memory of its program, but"
              + " kernel.yama.ptrace_scope=%s forbids that: set it to 1 or 0".formatted(scope)
              + (scope.equals("2") ? ", or start the shield with CAP_SYS_PTRACE" : ""));
    }
  }

  private static boolean duplicates() throws IOException {
    int self = Math.toIntExact(ProcessHandle.current().pid());
    // Tried on this process itself: only a seccomp profile or a kernel before 6.9 refuses that.
    try (var probe = openSomething();
        var thread = PidFd.ofThread(self);
        var copy = thread.getfd(probe.value())) {
      return copy.isOpen();
    } catch (ErrnoException e) {
      return false;
    }
  }

  private static Fd openSomething() throws IOException {
    return Files.open("/proc/self/stat", Files.O_PATH);
  }

  private static String read(String file) {
    try {
      return ProcFile.read(file).strip();
    } catch (ErrnoException e) {
      return "";
    }
  }

  /// Returns whether this process may trace programs that are not dumpable (`CAP_SYS_PTRACE`).
  static boolean isPrivileged() {
    try {
      return (Credentials.own().capabilities() & 1L << CAP_SYS_PTRACE) != 0;
    } catch (ErrnoException e) {
      return false;
    }
  }
}
