package dev.testudo.trust.status;

import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The directory for the status sockets of one user's shields. It is `testudo/shields` in the
/// user's runtime directory: `XDG_RUNTIME_DIR`, `/run/user/<uid>` or, for root, `/run`. If there is
/// none, it is in a directory of ours in `/tmp`. Its mode is 0700; a directory that belongs to
/// somebody else is not used.
public final class StatusDirectory {
  private static final String SUFFIX = ".sock";
  private static final String MODE = "unix:mode";
  private static final int OTHERS = 077;

  private StatusDirectory() {}

  /// Opens the directory and creates it if necessary.
  ///
  /// @param environment the environment of this process
  /// @throws IOException if there is no directory that only this user can enter
  public static Path open(Map<String, String> environment) throws IOException {
    var uid = Owned.user();
    var base = base(environment, uid);
    var below = base.orElseGet(() -> Path.of("/tmp", "testudo-" + uid));
    if (base.isEmpty()) {
      makePrivate(below, uid);
    }
    return makePrivate(makePrivate(below.resolve("testudo"), uid).resolve("shields"), uid);
  }

  /// Returns the sockets in `directory`, sorted by name.
  public static List<Path> sockets(Path directory) throws IOException {
    var found = new ArrayList<Path>();
    try (var all = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      all.forEach(found::add);
    }
    found.sort(null);
    return found;
  }

  /// Returns the path of the socket of the shield with the given id.
  public static Path socket(Path directory, String id) {
    return directory.resolve(id + SUFFIX);
  }

  private static Optional<Path> base(Map<String, String> environment, long uid) {
    var candidates = new ArrayList<Path>();
    Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
        .filter(name -> name.startsWith("/"))
        .ifPresent(name -> candidates.add(Path.of(name)));
    candidates.add(Path.of("/run/user", Long.toString(uid)));
    if (uid == 0) {
      candidates.add(Path.of("/run"));
    }
    return candidates.stream().filter(candidate -> isOwn(candidate, uid)).findFirst();
  }

  private static boolean isOwn(Path directory, long uid) {
    try {
      return Files.isDirectory(directory)
          && Owned.owner(directory) == uid
          && Files.isWritable(directory);
    } catch (IOException _) {
      return false;
    }
  }

  private static Path makePrivate(Path directory, long uid) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (java.nio.file.FileAlreadyExistsException _) {
        // Another process was faster; its directory is checked below.
      }
    }
    var mode = (int) Files.getAttribute(directory, MODE, LinkOption.NOFOLLOW_LINKS);
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        || Owned.owner(directory) != uid
        || (mode & OTHERS) != 0) {
      throw new IOException(directory + " is not a directory that only this user can enter");
    }
    return directory;
  }
}
