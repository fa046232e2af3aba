package dev.testudo.trust.measure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// A file, directory or link of an image.
public sealed interface ImageEntry {
  /// Returns the path in the image: absolute, with `/` between names, without `.` and `..`.
  String path();

  /// A directory with its permission bits.
  record Directory(String path, int permissions) implements ImageEntry {}

  /// A symbolic link and its target as written.
  record Link(String path, String target) implements ImageEntry {}

  /// A regular file. Its content is not kept. Who reads it later gets what was measured, or an
  /// error.
  ///
  /// @param permissions the permission bits, at most `0777`. Set-id bits have no meaning here
  /// @param content the hash of the content, and what tells whether the file is a script
  /// @param source the file that was measured
  record RegularFile(String path, int permissions, HashedContent content, Path source)
      implements ImageEntry {

    /// Opens the file again.
    ///
    /// @return a stream that fails at its end if it is not what was measured. Nothing that was read
    ///     counts before that
    public InputStream open() throws IOException {
      return new VerifiedInput(
          Files.newInputStream(source, LinkOption.NOFOLLOW_LINKS), content.sha256(), source);
    }

    /// Reads the file again.
    ///
    /// @param limit the most bytes that the file may have
    /// @throws IOException if it has more, or is not what was measured
    public byte[] read(int limit) throws IOException {
      if (content.size() > limit) {
        throw new IOException("%s has more than %d bytes".formatted(path, limit));
      }
      try (var in = open()) {
        return in.readAllBytes();
      }
    }
  }
}
