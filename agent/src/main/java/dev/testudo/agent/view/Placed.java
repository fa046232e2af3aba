package dev.testudo.agent.view;

/// Something that shall be at a path in the program's view. Paths are absolute.
public sealed interface Placed {
  String path();

  /// A directory; one that the machine has already stays as it is.
  ///
  /// @param mode permission bits, used when the directory is new
  record Directory(String path, int mode) implements Placed {}

  /// A regular file, which hides one that the machine has at this path.
  ///
  /// @param mode permission bits
  record File(String path, int mode, Content content) implements Placed {}

  /// A symbolic link.
  record Link(String path, String target) implements Placed {}
}
