package dev.testudo.volume;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where the files of a volume are written.
@FunctionalInterface
public interface VolumeSink {
  /// Creates the file `name`. The writer closes it before it creates the next one.
  OutputStream create(String name) throws IOException;

  /// Returns a sink that creates files in `directory`, which has none of these names yet.
  static VolumeSink into(Path directory) {
    return name -> Files.newOutputStream(directory.resolve(name), StandardOpenOption.CREATE_NEW);
  }
}
