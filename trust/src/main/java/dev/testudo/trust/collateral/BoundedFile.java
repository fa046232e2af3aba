package dev.testudo.trust.collateral;

import dev.testudo.trust.collateral.CollateralException.Fault;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/// Reads files that may be anything.
public final class BoundedFile {
  private BoundedFile() {}

  /// Returns the bytes of a regular file. Links are not followed.
  ///
  /// @throws CollateralException if it is something else, or has more than `limit` bytes
  /// @throws java.nio.file.NoSuchFileException if it does not exist
  public static byte[] read(Path file, int limit) throws IOException {
    var attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new CollateralException(
          Fault.MALFORMED, "%s is not a regular file; remove it".formatted(file));
    }
    try (var channel =
            Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        var in = Channels.newInputStream(channel)) {
      var bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new CollateralException(
            Fault.MALFORMED,
            "%s has more than %d bytes; is it the right file?".formatted(file, limit));
      }
      return bytes;
    }
  }
}
