package dev.testudo.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Copies of the meshes that tests bring with them, so that a test can add to them.
final class Directories {
  private Directories() {}

  static Path copyOfMesh(String name, Path into) throws IOException {
    var from = Command.ROOT.resolve("it/src/test/resources/meshes").resolve(name);
    var to = into.resolve(name);
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }
}
