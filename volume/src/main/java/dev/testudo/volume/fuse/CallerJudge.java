package dev.testudo.volume.fuse;

/// Decides which processes a mount that others can see serves. Several threads call it, for each
/// request.
@FunctionalInterface
public interface CallerJudge {
  /// Returns whether to serve a caller. Otherwise it gets EACCES.
  ///
  /// @param thread the thread that makes the call, in the PID namespace of whoever mounted; 0 if it
  ///     is in none of the namespaces below
  boolean serves(int thread);
}
