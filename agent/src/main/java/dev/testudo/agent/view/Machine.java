package dev.testudo.agent.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// What is at a path on the machine, links not followed.
interface Machine {
  /// Answers for an absolute path without `.` and `..`.
  Kind at(String path) throws IOException;

  /// The part of the machine that shows what is at `path`; empty where the program has folders of
  /// its own.
  Optional<Part> partOf(String path);

  /// What can be at a path.
  sealed interface Kind {
    record Absent() implements Kind {}

    record Directory() implements Kind {}

    record Link(String target) implements Kind {}

    /// A regular file, device, socket or pipe: anything a file can be mounted over.
    record File() implements Kind {}
  }

  /// What is at a path of the machine as this process sees it.
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
