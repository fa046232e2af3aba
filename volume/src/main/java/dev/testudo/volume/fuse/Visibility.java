package dev.testudo.volume.fuse;

/// Who can reach a mount.
public sealed interface Visibility {
  /// Only the program: the mount is in a mount namespace of its own. The kernel remembers names and
  /// attributes without limit and opens files without asking.
  record Private() implements Visibility {}

  /// Other processes can reach it, too. The kernel asks each time, and `judge` decides.
  record Shared(CallerJudge judge) implements Visibility {}
}
