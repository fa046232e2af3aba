package dev.testudo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Copies of directories, such as the meshes that tests bring with them, so that a test can add to
/// them.
final class Directories {
  private Directories() {}

  static Path copyOfMesh(String name, Path into) throws IOException {
    var from = Command.ROOT.resolve("it/src/test/resources/meshes").resolve(name);
    return copy(from, into.resolve(name));
  }

  /// Copies a tree to a place whose parents may be missing.
  static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.toAbsolutePath().getParent());
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(
            file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return to;
  }

  /// Deletes a tree.
  static void delete(Path top) throws IOException {
    try (var files = Files.walk(top)) {
      for (var file : files.toList().reversed()) {
        Files.delete(file);
      }
    }
  }

  /// The hash of the content of each file in a directory.
  static Map<String, Integer> hashes(Path directory) {
    try (var files = Files.list(directory)) {
      var hashes = new TreeMap<String, Integer>();
      for (var file : files.toList()) {
        hashes.put(String.valueOf(file.getFileName()), Arrays.hashCode(Files.readAllBytes(file)));
      }
      return hashes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
