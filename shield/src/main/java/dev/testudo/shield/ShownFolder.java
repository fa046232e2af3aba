package dev.testudo.shield;

/// A folder that the program sees. If the file system has one at the path, that one stays as it is.
///
/// @param mode permission bits
public record ShownFolder(String path, int mode) implements Shown {
  /// Rejects paths that do not name a folder, and modes with more than permission bits.
  public ShownFolder {
    Shown.checkPath(path);
    Shown.checkMode(mode);
  }
}
