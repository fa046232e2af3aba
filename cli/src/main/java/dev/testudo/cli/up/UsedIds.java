package dev.testudo.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Which user ids processes of this machine have.
interface UsedIds {
  /// Whether a process runs as one of `count` users from `first` on.
  boolean anyFrom(int first, int count) throws IOException;

  /// Those of the processes in `/proc`.
  static UsedIds ofMachine() {
    return (first, count) -> {
      try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
        for (var process : processes) {
          var owner = owner(process);
          if (owner >= first && owner < first + count) {
            return true;
          }
        }
        return false;
      }
    };
  }

  private static int owner(Path process) throws IOException {
    try {
      return (Integer) Files.getAttribute(process, "unix:uid");
    } catch (NoSuchFileException _) {
      return -1; // it has ended meanwhile
    }
  }
}
