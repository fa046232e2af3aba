package dev.testudo.linux.sys;

/// A processor architecture that the project runs on, as seccomp identifies it.
///
/// - `auditArch`: the value of `seccomp_data.arch` (`AUDIT_ARCH_*`, `linux/audit.h`)
/// - `highestCall`: the highest system call number known when the filters were written (Linux
///   6.18). Calls above it have not been reviewed
/// - `differences`: other values that differ between architectures; the call numbers are
///   in [SystemCall]
public record Architecture(String name, int auditArch, int highestCall, Differences differences) {
  public static final Architecture X86_64 =
      new Architecture("x86-64", 0xC000_003E, 469, new Differences(0x1_0000, 0x2_0000, 24, 4));
  public static final Architecture AARCH64 =
      new Architecture("aarch64", 0xC000_00B7, 469, new Differences(0x4000, 0x8000, 16, 8));

  /// Values that differ between architectures.
  ///
  /// - `directory`: `O_DIRECTORY` (`asm/fcntl.h`)
  /// - `noFollow`: `O_NOFOLLOW` (`asm/fcntl.h`)
  /// - `modeInStat`: offset of `st_mode` in `struct stat` (`asm/stat.h`)
  /// - `dataInEvent`: offset of `data` in `struct epoll_event` (`linux/eventpoll.h`), its last
  ///   8 bytes
  public record Differences(int directory, int noFollow, int modeInStat, int dataInEvent) {}

  private static final Architecture CURRENT = of(System.getProperty("os.arch", ""));

  /// Returns the architecture of this process.
  public static Architecture current() {
    return CURRENT;
  }

  private static Architecture of(String javaName) {
    return switch (javaName) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64" -> AARCH64;
      default -> throw new UnsupportedOperationException("no system call table for " + javaName);
    };
  }
}
