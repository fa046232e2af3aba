package dev.testudo.trust.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Whose a file is, and who else may do what with it.
public final class Owned {
  private static final long ROOT = 0;
  private static final int OTHERS_WRITE = 022;
  private static final int OTHERS = 077;

  private Owned() {}

  /// The effective user of this process. A process that may not be inspected owns nothing below
  /// /proc, so its own directory there would say root.
  ///
  /// @throws IOException when /proc does not say
  public static long user() throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Uid:")) {
        return Long.parseLong(line.split("\\s+")[2]);
      }
    }
    throw new IOException("/proc/self/status says no user id");
  }

  /// The user `file` belongs to; of a link, not of what it leads to.
  public static long owner(Path file) throws IOException {
    return Integer.toUnsignedLong(
        (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  private static int mode(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  /// Demands that `file` belongs to this user, or to root, and that nobody else can change it.
  ///
  /// @throws IOException says whose it is or what to do
  public static void requireOwn(Path file) throws IOException {
    requireOwn(file, user());
  }

  /// As [#requireOwn(Path)], for a file that may also be that of `other`, another user of ours.
  ///
  /// @throws IOException says whose it is or what to do
  public static void requireOwn(Path file, long other) throws IOException {
    var owner = owner(file);
    var user = user();
    if (owner != user && owner != other && owner != ROOT) {
      throw new IOException(
          "%s belongs to user %d, and this is user %d; give one of your own"
              .formatted(file, owner, user));
    }
    // Everybody may write "to" a link; what it leads to is looked at on its own.
    if (!Files.isSymbolicLink(file) && (mode(file) & OTHERS_WRITE) != 0) {
      throw new IOException(
          "%s can be changed by others; `chmod go-w %s` if all in it is yours, or give another"
              .formatted(file, file));
    }
  }

  /// Demands that `file` is a regular file of this user, or of root, that nobody else can read.
  ///
  /// @throws IOException says whose it is or what to do
  public static void requireSecret(Path file) throws IOException {
    requireOwn(file);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("%s is not a regular file".formatted(file));
    }
    if ((mode(file) & OTHERS) != 0) {
      throw new IOException(
          "%s can be read by others; make it 0600 and consider it known".formatted(file));
    }
  }
}
