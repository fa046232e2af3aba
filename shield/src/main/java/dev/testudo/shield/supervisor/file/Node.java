package dev.testudo.shield.supervisor.file;

/// A place in an [InjectedTree].
sealed interface Node permits FileNode, FolderNode, LinkNode {
  /// Returns the absolute path without links, one character per byte; the empty string for `/`.
  String path();

  /// Returns the last name in the path.
  default String name() {
    return path().substring(path().lastIndexOf('/') + 1);
  }

  /// Returns whether the file system has something at this path.
  boolean exists();
}
