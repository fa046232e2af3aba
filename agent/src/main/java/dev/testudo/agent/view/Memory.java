package dev.testudo.agent.view;

import java.util.List;

/// A folder of the program's own, empty at first and in memory, which it may fill.
///
/// @param path without links
/// @param mode permission bits; it belongs to the service's user
/// @param bytes the most its files may take
record Memory(String path, int mode, long bytes) {
  private static final long MIB = 1L << 20;

  /// Files and folders that each may have.
  static final long INODES = 100_000;

  /// Every program has these.
  static final List<Memory> ALL =
      List.of(
          new Memory("/dev/shm", 01777, 256 * MIB),
          new Memory("/run", 0755, 64 * MIB),
          new Memory("/tmp", 01777, 1024 * MIB),
          new Memory("/var/tmp", 01777, 1024 * MIB));

  /// Whether `path` is one of them or lies in one.
  static boolean holds(String path) {
    return ALL.stream().anyMatch(memory -> Paths.contains(memory.path, path));
  }
}
