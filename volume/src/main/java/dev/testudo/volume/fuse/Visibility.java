package dev.testudo.volume.fuse;

/// Who can reach a mount.
public sealed interface Visibility {
  /// Whoever reaches the mount may use it as far as owners and modes permit: only the program,
  /// whose mount namespace it is in, or everybody. The kernel remembers names and attributes
  /// without limit and opens files without asking.
  record Private() implements Visibility {}

  /// Processes can reach it that must not use it. The kernel asks each time, and `judge` decides.
  record Shared(CallerJudge judge) implements Visibility {}
}
