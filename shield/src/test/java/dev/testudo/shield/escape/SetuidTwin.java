package dev.testudo.shield.escape;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A copy of a program that is owned by root and has the set-user-ID bit.
final class SetuidTwin {
  private static final int MODE = 04755;

  private SetuidTwin() {}

  static Path of(Path binary) throws IOException {
    var twin = binary.resolveSibling(binary.getFileName() + ".setuid");
    if (Files.notExists(twin)) {
      Files.copy(binary, twin);
      Files.setAttribute(twin, "unix:mode", MODE);
    }
    return twin;
  }
}
