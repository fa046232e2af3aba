package dev.testudo.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Which user ids processes of this machine have.
interface UsedIds {
  /// Whether a process runs as one of `count` users from `first` on.
  boolean anyFrom(int first, int count) throws IOException;

  /// Whether no process runs as one of `count` users from `first` on, or soon none does any more:
  /// of a run that was killed some may still be ending.
  boolean awaitNoneFrom(int first, int count) throws IOException, InterruptedException;

  /// Those of the processes in `/proc`, with up to `patience` for them to end.
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

  /// Time between two looks.
  Duration LOOK = Duration.ofMillis(50);

  private static int owner(Path process) throws IOException {
    try {
      return (Integer) Files.getAttribute(process, "unix:uid");
    } catch (NoSuchFileException _) {
      return -1; // it has ended meanwhile
    }
  }

  /// Whether all threads of `process` have ended and only its parent has not asked for its status
  /// yet. The first thread alone may end earlier.
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
