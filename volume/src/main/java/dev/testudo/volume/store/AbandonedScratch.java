package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;

/// The directories that ephemeral mounts leave if they are killed. Whoever can write to the
/// directory of a volume may replace anything in it at any time, so nothing is followed: files are
/// removed relative to an open directory (unlinkat(2)).
final class AbandonedScratch {
  /// A younger one may belong to a mount that has not locked it yet.
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private AbandonedScratch() {}

  /// Removes those in `directory` that no process has locked. What cannot be removed stays.
  static void remove(Path directory) throws IOException {
    var young = Instant.now().minus(YOUNG);
    try (var names = Files.newDirectoryStream(directory, EphemeralBacking.PREFIX + "*")) {
      if (!(names instanceof SecureDirectoryStream<Path> secure)) {
        return;
      }
      for (var scratch : names) {
        if (isOld(scratch, young) && !isLocked(scratch)) {
          remove(secure, scratch.getFileName());
        }
      }
    }
  }

  private static boolean isOld(Path scratch, Instant young) throws IOException {
    var attributes =
        Files.getFileAttributeView(scratch, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
    return attributes.isDirectory() && attributes.lastModifiedTime().toInstant().isBefore(young);
  }

  private static boolean isLocked(Path scratch) {
    try (var _ = DirectoryBacking.locked(scratch)) {
      return false;
    } catch (VolumeException _) {
      return true;
    } catch (IOException _) {
      return true; // it cannot be told
    }
  }

  private static void remove(SecureDirectoryStream<Path> directory, Path name) {
    try {
      try (var files = directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
        var all = new ArrayList<Path>();
        files.forEach(all::add);
        for (var file : all) {
          files.deleteFile(file.getFileName());
        }
      }
      directory.deleteDirectory(name);
    } catch (IOException _) {
      // It takes space, and nothing else.
    }
  }
}
