package dev.testudo.shield.supervisor.file;

/// What a path of the program leads to, as far as injected files are concerned.
sealed interface Target {
  /// Nothing that the shield shows. The kernel continues the call.
  record Elsewhere() implements Target {}

  /// An injected file.
  ///
  /// @param asFolder whether the path ends with a slash
  record Injected(FileNode file, boolean asFolder) implements Target {}

  /// An injected symbolic link that the call does not follow, or that the walk is yet to follow.
  record Link(LinkNode link) implements Target {}

  /// Something below an injected file, which is no folder.
  record BelowFile() implements Target {}

  /// A folder that only the shield shows.
  record Shown(FolderNode folder) implements Target {}

  /// A name in a [Shown] folder that does not exist.
  record Missing() implements Target {}

  /// A folder of the file system with an injected file in it or further below.
  record Holder(FolderNode folder) implements Target {}

  /// Something of the file system that the path reaches through `..` from a [Shown] folder, or
  /// through an injected link. The kernel would not find it, because the directory that stands in
  /// for the folder has another parent, and the link does not exist.
  ///
  /// @param path its path without links, one character per byte
  record Outside(String path) implements Target {}

  Target ELSEWHERE = new Elsewhere();
  Target MISSING = new Missing();
  Target BELOW_FILE = new BelowFile();
}
