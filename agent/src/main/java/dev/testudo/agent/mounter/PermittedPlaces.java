package dev.testudo.agent.mounter;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import java.io.IOException;
import java.util.List;

/// Where callers may have mounts in their containers.
///
/// @param roots paths in containers; mounts are made below them or at them
record PermittedPlaces(List<String> roots) {
  private static final int STICKY = 01000;
  private static final int OTHERS_WRITE = 0002;

  PermittedPlaces {
    roots = List.copyOf(roots);
  }

  boolean permits(String path) {
    return roots.stream().anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
  }

  /// Opens the directory of a request in the mount namespace of the calling thread, whose root is
  /// that of the namespace. No link is followed.
  ///
  /// @throws IOException if there is none, or the caller could not write to it
  static Fd open(String path, int user) throws IOException {
    try (var root = Files.open("/", Files.O_PATH | Files.O_DIRECTORY)) {
      var directory =
          Files.openat2(
              root,
              path.substring(1),
              Files.O_PATH | Files.O_DIRECTORY,
              Files.RESOLVE_BENEATH | Files.RESOLVE_NO_SYMLINKS | Files.RESOLVE_NO_MAGICLINKS);
      if (belongsTo(directory, user)) {
        return directory;
      }
      directory.close();
      throw new IOException(
          "the directory %s belongs neither to user %d nor to everybody"
              .formatted(path, Integer.toUnsignedLong(user)));
    }
  }

  /// As fusermount(1) demands: else a mount could hide what the caller must not change.
  private static boolean belongsTo(Fd directory, int user) throws ErrnoException {
    int mode = Files.mode(directory);
    return Files.owner(directory) == user || (mode & (OTHERS_WRITE | STICKY)) == OTHERS_WRITE;
  }
}
