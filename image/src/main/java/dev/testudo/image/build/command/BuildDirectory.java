package dev.testudo.image.build.command;

import dev.testudo.image.build.sandbox.Sandbox;
import dev.testudo.trust.files.OwnDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// The directories of builds that run, and their locks. A directory without a lock is what a
/// killed build has left.
final class BuildDirectory {
  private final Path locks;
  private final Path builds;

  private BuildDirectory(Path directory) {
    this.locks = directory.resolve("locks");
    this.builds = directory.resolve("builds");
  }

  /// Opens the directory, which must belong to this user only.
  static BuildDirectory open(Path directory) throws IOException {
    OwnDirectory.open(directory);
    var opened = new BuildDirectory(directory.toAbsolutePath());
    Files.createDirectories(opened.locks);
    Files.createDirectories(opened.builds);
    return opened;
  }

  /// Returns the directory of a build, which does not exist yet. Another name each time, because
  /// the cleaner of a killed build may still be removing its directory.
  Path build(String key) {
    var random = UUID.randomUUID().toString().substring(0, 8);
    return builds.resolve(key.substring(0, 16) + "-" + random);
  }

  /// Returns the lock of a build. Few builds share one, so that there are never many files.
  Path lock(String key) {
    return locks.resolve(key.substring(0, 2));
  }

  /// Removes what killed builds have left, except for those whose lock somebody has.
  ///
  /// @param own the key of a build whose lock this thread has
  void sweep(String own, Sandbox.Machine machine) throws IOException {
    try (var left = Files.newDirectoryStream(builds)) {
      for (var build : left) {
        var key = String.valueOf(build.getFileName());
        if (lock(key).equals(lock(own))) {
          Sandbox.remove(build, machine);
          continue;
        }
        var lock = BuildLock.take(lock(key));
        if (lock.isPresent()) {
          try (var _ = lock.get()) {
            Sandbox.remove(build, machine);
          }
        }
      }
    }
  }
}
