package dev.testudo.agent.view;

import java.nio.file.Path;

/// A file or directory of the machine that a program sees, with all mounts below it, but without
/// set-user-id programs and devices.
///
/// @param path the path in the view, without links
/// @param source the path on the machine, without links
/// @param writable whether the program may write where the permissions allow it
record Part(String path, Path source, boolean writable) {
  /// Returns whether `other` is this part's path or below it.
  boolean contains(String other) {
    return Paths.contains(path, other);
  }

  /// Returns the machine's path of `seen`, a path of the view in this part.
  Path sourceOf(String seen) {
    return seen.equals(path) ? source : source.resolve(seen.substring(path.length() + 1));
  }
}
