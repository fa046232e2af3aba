package dev.testudo.image.layout;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Files by name, in a directory or an archive. Several threads may open files at once.
sealed interface StoredFiles extends Closeable permits DirectoryFiles, ArchiveFiles {
  /// Opens a regular file; returns empty if there is none of that name.
  Optional<InputStream> open(String name) throws IOException;

  /// Returns the size of a regular file, bytes.
  Optional<Long> size(String name) throws IOException;
}
