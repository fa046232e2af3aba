package dev.testudo.cli.chart;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.SortedMap;

/// Writes the files of a chart to a directory, in place of the chart that was there.
public final class ChartDirectory {
  private ChartDirectory() {}

  /// Writes all files, or none: a chart that is half written never has the name of the directory.
  ///
  /// @throws CommandFailed if the directory has files that are not those of a chart
  public static void write(Path directory, SortedMap<String, String> files)
      throws IOException, CommandFailed {
    requireChart(directory);
    var staged = directory.resolveSibling("." + directory.getFileName() + ".new");
    try {
      PrivateFiles.delete(staged);
      for (var file : files.entrySet()) {
        var path = staged.resolve(file.getKey());
        Files.createDirectories(path.resolveSibling(""));
        Files.writeString(path, file.getValue());
      }
      replace(directory, staged);
    } catch (IOException e) {
      throw CommandFailed.environment("cannot write " + directory, e);
    } finally {
      PrivateFiles.delete(staged);
    }
  }

  /// Gives a directory the name of another one, which is renamed before it is deleted.
  private static void replace(Path directory, Path staged) throws IOException {
    var old = directory.resolveSibling("." + directory.getFileName() + ".old");
    PrivateFiles.delete(old);
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(directory, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(staged, directory, StandardCopyOption.ATOMIC_MOVE);
    PrivateFiles.delete(old);
  }

  private static void requireChart(Path directory) throws IOException, CommandFailed {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        || !(Files.exists(directory.resolve("Chart.yaml")) || isEmpty(directory))) {
      throw CommandFailed.input(
          "%s is not the directory of a chart and is not replaced; move it away"
              .formatted(directory));
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }
}
