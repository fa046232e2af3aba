package dev.testudo.shield.supervisor.listen;

import dev.testudo.linux.sys.ProcFile;

/// Interprets the backlog argument of listen(2).
public final class Backlog {
  private static final String HIGHEST = "/proc/sys/net/core/somaxconn";

  /// The kernel's default, used if the file cannot be read.
  private static final int USUAL = 4096;

  private static final int ROOM_BEHIND = 1024;

  private Backlog() {}

  /// Returns how many connections may wait to be accepted. As in the kernel, the backlog is limited
  /// to `somaxconn`, a negative value means that limit, and one more connection is let in
  /// (`sk_acceptq_is_full`, `unix_recvq_full`).
  static int places(int backlog) {
    int highest = Math.clamp(ProcFile.number(HIGHEST).orElse(USUAL), 0, Integer.MAX_VALUE - 1);
    return (backlog < 0 ? highest : Math.min(backlog, highest)) + 1;
  }

  /// Returns the backlog for the program's own socket behind a public one. The public side already
  /// limits clients to [#places]. The larger backlog avoids that an authenticated peer waits a
  /// second for a SYN to be resent.
  static int behind(int backlog) {
    return backlog < 0 ? backlog : Math.max(backlog, ROOM_BEHIND);
  }
}
