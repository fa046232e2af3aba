package dev.testudo.trust.files;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads files that may be anything, because somebody else names or writes them.
public final class BoundedFile {
  private BoundedFile() {}

  /// Returns the bytes of a regular file. Opening something else can wait for ever: a pipe waits
  /// for its other end.
  ///
  /// @param limit the most bytes
  /// @param links `NOFOLLOW_LINKS` to refuse a symbolic link
  /// @throws UnsuitableFileException if it is something else, or has more bytes
  /// @throws java.nio.file.NoSuchFileException if it does not exist
  public static byte[] read(Path file, int limit, LinkOption... links) throws IOException {
    var attributes = Files.readAttributes(file, BasicFileAttributes.class, links);
    if (!attributes.isRegularFile()) {
      throw new UnsuitableFileException("%s is %s".formatted(file, kind(attributes)));
    }
    if (attributes.size() > limit) {
      throw tooLong(file, limit);
    }
    Set<OpenOption> options = new HashSet<>(List.of(links));
    options.add(StandardOpenOption.READ);
    try (var channel = Files.newByteChannel(file, options);
        var in = Channels.newInputStream(channel)) {
      var bytes = in.readNBytes(limit + 1); // the file may grow, and the kernel's have no size
      if (bytes.length > limit) {
        throw tooLong(file, limit);
      }
      return bytes;
    }
  }

  private static String kind(BasicFileAttributes attributes) {
    if (attributes.isDirectory()) {
      return "a directory, not a file";
    }
    return attributes.isSymbolicLink()
        ? "a symbolic link, not a file"
        : "a pipe, a device or a socket, not a file";
  }

  private static UnsuitableFileException tooLong(Path file, int limit) {
    return new UnsuitableFileException("%s has more than %d bytes".formatted(file, limit));
  }
}
