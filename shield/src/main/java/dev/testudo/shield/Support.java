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

/// What the shield needs of the kernel and of the place it runs in.
final class Support {
  private static final int CAP_SYS_PTRACE = 19;

  /// The first kernel that injects a descriptor and answers in one step
  /// (`SECCOMP_ADDFD_FLAG_SEND`).
  private static final int[] OLDEST = {5, 14};

  private Support() {}

  /// Tries which way to the program's sockets is open here.
  ///
  /// @throws IOException none is; says what is missing and what to change
  static SocketWay socketWay() throws IOException {
    checkKernel(read("/proc/sys/kernel/osrelease"));
    // Without Yama there is no such file, and no such limit.
    checkTracing(read("/proc/sys/kernel/yama/ptrace_scope"), isPrivileged());
    return duplicates() ? SocketWay.DUPLICATE : SocketWay.SUPPLY;
  }

  /// For people.
  static String description(SocketWay way) {
    return switch (way) {
      case DUPLICATE -> "duplicates the program's sockets (pidfd_getfd)";
      case SUPPLY -> "makes the program's sockets itself, since pidfd_getfd is not to be had here";
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

  /// Both ways read the program's memory, which takes the right to trace it.
  static void checkTracing(String scope, boolean privileged) throws IOException {
    if ((scope.equals("2") || scope.equals("3")) && !(privileged && scope.equals("2"))) {
      throw new IOException(
          "the network shield must read the memory of its program, which"
              + " kernel.yama.ptrace_scope=%s forbids: set it to 1 or 0".formatted(scope)
              + (scope.equals("2") ? ", or give us CAP_SYS_PTRACE" : ""));
    }
  }

  private static boolean duplicates() throws IOException {
    int self = Math.toIntExact(ProcessHandle.current().pid());
    // Of ourselves: nobody may forbid it but a seccomp profile, and kernels before 6.9.
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

  /// Whether we reach programs that do not want to be inspected.
  static boolean isPrivileged() {
    try {
      return (Credentials.own().capabilities() & 1L << CAP_SYS_PTRACE) != 0;
    } catch (ErrnoException e) {
      return false;
    }
  }
}
