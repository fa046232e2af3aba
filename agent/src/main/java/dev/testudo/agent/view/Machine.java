package dev.testudo.agent.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// Looks up paths on the machine, without following links.
interface Machine {
  /// Returns what is at `path`, which is absolute and has no `.` and `..`.
  Kind at(String path) throws IOException;

  /// Returns the part of the machine that shows `path`, or empty for the program's own directories.
  Optional<Part> partOf(String path);

  /// What can be at a path.
  sealed interface Kind {
    record Absent() implements Kind {}

    record Directory() implements Kind {}

    record Link(String target) implements Kind {}

    /// A regular file, device, socket or pipe: anything over which a file can be mounted.
    record File() implements Kind {}
  }

  /// Returns what is at a path of the machine as this process sees it.
  static Kind real(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return new Kind.Link(Files.readSymbolicLink(file).toString());
    }
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      return new Kind.Directory();
    }
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? new Kind.File() : new Kind.Absent();
  }
}
