package dev.testudo.image.build.sandbox;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Programs of this machine.
final class Programs {
  private Programs() {}

  /// Returns where a program is, if it is in one of the directories of `path`.
  static Optional<Path> find(String path, String name) {
    for (var directory : path.split(File.pathSeparator, -1)) {
      var program = Path.of(directory, name);
      if (program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }
}
