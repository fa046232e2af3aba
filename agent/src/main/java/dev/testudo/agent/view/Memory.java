package dev.testudo.agent.view;

import java.util.List;

/// A writable directory in memory for the program, empty at first.
///
/// @param path the path without links
/// @param mode permission bits; the directory belongs to the service's user
/// @param bytes the maximum total size of its files
record Memory(String path, int mode, long bytes) {
  private static final long MIB = 1L << 20;

  /// The maximum number of files and directories in each.
  static final long INODES = 100_000;

  /// The directories that every program has.
  static final List<Memory> ALL =
      List.of(
          new Memory("/dev/shm", 01777, 256 * MIB),
          new Memory("/run", 0755, 64 * MIB),
          new Memory("/tmp", 01777, 1024 * MIB),
          new Memory("/var/tmp", 01777, 1024 * MIB));

  /// Returns whether `path` is one of these directories or below one.
  static boolean holds(String path) {
    return ALL.stream().anyMatch(memory -> Paths.contains(memory.path, path));
  }
}
