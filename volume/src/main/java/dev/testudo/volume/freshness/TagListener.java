package dev.testudo.volume.freshness;

/// Is told once about each change of what a volume and CAS know of each other. The methods return
/// at once.
public interface TagListener {
  /// CAS does not answer.
  ///
  /// @param reason one line
  void silent(String reason);

  /// CAS answers again.
  void answers();

  /// The lease is lost for good, so the volume accepts no changes any more.
  ///
  /// @param reason one line
  void lost(String reason);
}
