package dev.testudo.cli.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.testudo.trust.files.OwnDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Set;

/// Files and directories that only their owner can read, from the moment of their creation.
public final class PrivateFiles {
  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private PrivateFiles() {}

  /// Creates `directory` for this user alone, or checks an existing one.
  ///
  /// @throws IOException if it belongs to another user, or others can change it
  public static Path directory(Path directory) throws IOException {
    return OwnDirectory.open(directory);
  }

  /// Replaces `file` atomically: readers see the old content or the new one, even after a crash.
  public static void replace(Path file, String content) throws IOException {
    replace(file, content.getBytes(UTF_8));
  }

  /// Replaces `file` with bytes, like [#replace(Path, String)].
  public static void replace(Path file, byte[] content) throws IOException {
    var temporary = file.resolveSibling("." + file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    try (var channel = FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE), FILE)) {
      var bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  /// Makes `id` the owner and the group of everything in `tree`, without following links. Nobody
  /// else may change the tree meanwhile.
  ///
  /// @throws IOException if a file in it has another hard link, which may be outside the tree; no
  ///     owner is changed then
  public static void give(Path tree, int id) throws IOException {
    try (var walk = Files.walk(tree)) {
      var all = walk.toList();
      for (var file : all) {
        requireOneName(file);
      }
      for (var file : all) {
        Files.setAttribute(file, "unix:gid", id, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:uid", id, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  private static void requireOneName(Path file) throws IOException {
    if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
        && (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
      throw new IOException(
          "%s has another hard link; replace the file by a copy of it and try again"
              .formatted(file));
    }
  }

  /// Deletes `tree` if it exists, without following links.
  public static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    var all = new ArrayList<Path>();
    try (var walk = Files.walk(tree)) {
      walk.sorted(Comparator.reverseOrder()).forEach(all::add);
    }
    for (var file : all) {
      Files.deleteIfExists(file);
    }
  }
}
