package dev.testudo.agent.view;

import java.nio.file.Path;

/// A file or folder of the machine that a program sees, with all that is mounted below it, without
/// set-user-id programs and devices.
///
/// @param path where the program sees it, without links
/// @param source where the machine has it, without links
/// @param writable whether the program may write what the file's permissions allow
record Part(String path, Path source, boolean writable) {
  /// Whether `other` lies in this part, or is it.
  boolean contains(String other) {
    return Paths.contains(path, other);
  }

  /// The machine's path of what the program sees at `seen`, which lies in this part.
  Path sourceOf(String seen) {
    return seen.equals(path) ? source : source.resolve(seen.substring(path.length() + 1));
  }
}
