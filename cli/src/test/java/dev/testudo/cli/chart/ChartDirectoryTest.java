package dev.testudo.cli.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cli.exit.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a chart takes the place of an older one.
class ChartDirectoryTest {
  @TempDir private Path work;

  private Path chart() {
    return work.resolve("helm");
  }

  private void write(String... names) throws IOException, CommandFailed {
    var files = new TreeMap<String, String>(Map.of("Chart.yaml", "name: a\n"));
    for (var name : names) {
      files.put(name, name);
    }
    ChartDirectory.write(chart(), files);
  }

  private List<String> files() throws IOException {
    try (var all = Files.walk(work)) {
      return all.filter(Files::isRegularFile)
          .map(file -> work.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void nothingOfTheOldOneStays() throws Exception {
    write("templates/a.yaml");
    write("templates/b.yaml");
    assertEquals(List.of("helm/Chart.yaml", "helm/templates/b.yaml"), files());
  }

  /// As after SIGKILL between the two renames, and while the old chart was deleted.
  @Test
  void whatACommandThatWasKilledHasLeftIsNoObstacle() throws Exception {
    for (var left : List.of(".helm.old", ".helm.new")) {
      Files.createDirectories(work.resolve(left));
      Files.writeString(work.resolve(left).resolve("values.yaml"), "x");
    }
    write("values.yaml");
    assertEquals(List.of("helm/Chart.yaml", "helm/values.yaml"), files());
  }

  @Test
  void aDirectoryThatIsNoChartIsNotReplaced() throws Exception {
    Files.createDirectories(chart());
    Files.writeString(chart().resolve("mine.txt"), "x");
    assertThrows(CommandFailed.class, () -> write("values.yaml"));
    assertEquals(List.of("helm/mine.txt"), files());
  }
}
