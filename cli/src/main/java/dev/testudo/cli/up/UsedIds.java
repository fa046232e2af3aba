package dev.testudo.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Finds out which user ids the processes of this machine run under.
interface UsedIds {
  /// Returns true if a process runs under one of the `count` ids from `first` on.
  boolean anyFrom(int first, int count) throws IOException;

  /// Returns true if no process runs under one of the `count` ids from `first` on. Waits for a
  /// while, because processes of a killed run may still be ending.
  boolean awaitNoneFrom(int first, int count) throws IOException, InterruptedException;

  /// Returns an implementation that looks at `/proc` and waits at most `patience`.
  static UsedIds ofMachine(Duration patience) {
    return new UsedIds() {
      @Override
      public boolean anyFrom(int first, int count) throws IOException {
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
          for (var process : processes) {
            var owner = owner(process);
            if (owner >= first && owner < first + count && !isDead(process)) {
              return true;
            }
          }
          return false;
        }
      }

      @Override
      public boolean awaitNoneFrom(int first, int count) throws IOException, InterruptedException {
        var end = System.nanoTime() + patience.toNanos();
        while (anyFrom(first, count)) {
          if (System.nanoTime() - end >= 0) {
            return false;
          }
          Thread.sleep(LOOK);
        }
        return true;
      }
    };
  }

  /// The time between two checks.
  Duration LOOK = Duration.ofMillis(50);

  private static int owner(Path process) throws IOException {
    try {
      return (Integer) Files.getAttribute(process, "unix:uid");
    } catch (NoSuchFileException _) {
      return -1; // it has ended meanwhile
    }
  }

  /// Returns true if all threads of `process` have ended and only its parent has not reaped it yet.
  /// The first thread alone may end earlier.
  private static boolean isDead(Path process) {
    try {
      var status = Files.readAllLines(process.resolve("status"));
      return status.stream().anyMatch(line -> line.startsWith("State:\tZ"))
          && status.stream().anyMatch(List.of("Threads:\t0", "Threads:\t1")::contains);
    } catch (IOException _) {
      return false; // it will be gone at the next look, if it is
    }
  }
}
