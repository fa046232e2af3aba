package dev.testudo.shield.supervisor.listen;

import dev.testudo.linux.sys.ProcFile;

/// What the number that a program gives to listen(2) means.
public final class Backlog {
  private static final String HIGHEST = "/proc/sys/net/core/somaxconn";

  /// Where the kernel does not say: its default.
  private static final int USUAL = 4096;

  private static final int ROOM_BEHIND = 1024;

  private Backlog() {}

  /// How many connections may wait to be accepted: the kernel cuts the backlog, takes a negative
  /// one for the highest, and lets one more in (`sk_acceptq_is_full`, `unix_recvq_full`).
  static int places(int backlog) {
    int highest = Math.clamp(ProcFile.number(HIGHEST).orElse(USUAL), 0, Integer.MAX_VALUE - 1);
    return (backlog < 0 ? highest : Math.min(backlog, highest)) + 1;
  }

  /// The backlog of the program's own socket behind a public one: [#places] hold clients back in
  /// front, so whoever is authenticated need not wait for a SYN to be sent again a second later.
  static int behind(int backlog) {
    return backlog < 0 ? backlog : Math.max(backlog, ROOM_BEHIND);
  }
}
