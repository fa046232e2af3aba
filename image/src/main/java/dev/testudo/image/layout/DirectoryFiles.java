package dev.testudo.image.layout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The files of a directory.
record DirectoryFiles(Path directory) implements StoredFiles {
  @Override
  public Optional<InputStream> open(String name) throws IOException {
    var file = directory.resolve(name);
    // Neither pipes, on which a read would wait, nor devices.
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.newInputStream(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Long> size(String name) throws IOException {
    var file = directory.resolve(name);
    return Files.isRegularFile(file) ? Optional.of(Files.size(file)) : Optional.empty();
  }

  @Override
  public void close() {}
}
