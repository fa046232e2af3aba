package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.chart.MeshChart;
import dev.testudo.cli.text.LineDifference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The chart that `apply` has written before, and the one that it would write now.
///
/// @param directory of the chart
/// @param files what would be written, by their paths in the directory
/// @param hasSessions true if the chart has encrypted sessions, which are not compared
record ChartComparison(Path directory, SortedMap<String, String> files, boolean hasSessions) {
  private static final int MOST_LINES = 200;
  private static final int MOST_FILES = 10_000;
  private static final int MOST_BYTES = 8 << 20;

  /// Returns true if there is a chart to compare with.
  boolean isPossible() {
    return Files.isRegularFile(directory.resolve("Chart.yaml"), LinkOption.NOFOLLOW_LINKS);
  }

  /// Returns the lines that differ, by the files that they are in.
  SortedMap<String, List<String>> differences() throws IOException {
    var all = new TreeSet<>(files.keySet());
    try (var tree = Files.walk(directory)) {
      regular(tree).forEach(file -> all.add(directory.relativize(file).toString()));
    }
    SortedMap<String, List<String>> differences = new TreeMap<>();
    for (var file : all) {
      var old = compared(file, written(file));
      var young = compared(file, files.getOrDefault(file, ""));
      var lines = LineDifference.between(old, young, MOST_LINES);
      if (!lines.isEmpty()) {
        differences.put(file, lines);
      }
    }
    return differences;
  }

  private String compared(String file, String text) {
    return hasSessions && file.equals("values.yaml") ? MeshChart.withoutSessions(text) : text;
  }

  private static Stream<Path> regular(Stream<Path> tree) {
    return tree.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        .limit(MOST_FILES);
  }

  private String written(String file) throws IOException {
    var path = directory.resolve(file);
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return "";
    }
    try (var in = Files.newInputStream(path)) {
      return new String(in.readNBytes(MOST_BYTES), UTF_8);
    }
  }
}
