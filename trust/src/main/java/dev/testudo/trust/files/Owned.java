package dev.testudo.trust.files;

import dev.testudo.trust.files.OwnedException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Checks who owns a file and what others may do with it.
public final class Owned {
  private static final long ROOT = 0;
  private static final int OTHERS_WRITE = 022;
  private static final int OTHERS = 077;

  private Owned() {}

  /// Returns the id of the effective user of this process. It reads the id from the file's text
  /// rather than from the owner of the process's directory in /proc, because for a process that is
  /// not dumpable that owner is root.
  ///
  /// @throws IOException if /proc does not tell
  public static long user() throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Uid:")) {
        return Long.parseLong(line.split("\\s+")[2]);
      }
    }
    throw new IOException("/proc/self/status has no user id");
  }

  /// Returns the id of the user who owns `file`. Does not follow links.
  public static long owner(Path file) throws IOException {
    return Integer.toUnsignedLong(
        (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  private static int mode(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  /// Checks that `file` belongs to this user or to root, and that nobody else can change it.
  ///
  /// @throws OwnedException if not; the message says who owns it or what to do
  public static void requireOwn(Path file) throws IOException {
    requireOwn(file, user());
  }

  /// Checks a file like [#requireOwn(Path)]. It may also belong to the user `other`.
  ///
  /// @throws OwnedException if not; the message says who owns it or what to do
  public static void requireOwn(Path file, long other) throws IOException {
    var owner = owner(file);
    var user = user();
    if (owner != user && owner != other && owner != ROOT) {
      throw new OwnedException(
          Reason.OTHER_OWNER,
          file,
          "%s belongs to user %d, but this process runs as user %d; use one of your own"
              .formatted(file, owner, user));
    }
    // The mode of a link is meaningless; its target is checked separately.
    if (!Files.isSymbolicLink(file) && (mode(file) & OTHERS_WRITE) != 0) {
      throw new OwnedException(
          Reason.CHANGEABLE_BY_OTHERS,
          file,
          "%s can be changed by others; run `chmod go-w %s` if all in it is yours, or use another"
              .formatted(file, file));
    }
  }

  /// Checks that `file` is a regular file of this user or of root that nobody else can read.
  ///
  /// @throws OwnedException if not; the message says who owns it or what to do
  public static void requireSecret(Path file) throws IOException {
    requireOwn(file);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new OwnedException(Reason.NOT_A_FILE, file, "%s is not a regular file".formatted(file));
    }
    if ((mode(file) & OTHERS) != 0) {
      throw new OwnedException(
          Reason.READABLE_BY_OTHERS,
          file,
          "%s can be read by others; make it 0600 and consider its content known to them"
              .formatted(file));
    }
  }
}
