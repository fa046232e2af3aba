package dev.testudo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.policy.yaml.YamlWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `testudo diff` says of a chart that was written before.
class ChartComparisonTest {
  @TempDir private Path directory;

  private static String values(Object sessions, int replicas) {
    var values = new LinkedHashMap<String, Object>();
    values.put("global", Map.of("mesh", "shop"));
    values.put("encryptedPolicies", sessions);
    values.put("web", Map.of("replicas", replicas));
    return "# Made by `testudo apply`.\n" + YamlWriter.write(values);
  }

  private static Object session(String encrypted) {
    return List.of(Map.of("name", "shop-web", "policy", encrypted));
  }

  private Map<String, List<String>> compare(String before, String after, boolean hasSessions)
      throws IOException {
    Files.writeString(directory.resolve("values.yaml"), before);
    var files = new TreeMap<>(Map.of("values.yaml", after));
    return new ChartComparison(directory, files, hasSessions).differences();
  }

  @Test
  void encryptedSessionsAreNotComparedButTheOtherValuesAre() throws IOException {
    var before = values(session("b25l"), 1);
    assertEquals(Map.of(), compare(before, values(List.of(), 1), true));
    assertEquals(
        Map.of("values.yaml", List.of("-   replicas: 1", "+   replicas: 2")),
        compare(before, values(List.of(), 2), true));
  }

  @Test
  void sessionsThatTheChartWouldNotHaveAnyMoreAreShown() throws IOException {
    var differences = compare(values(session("b25l"), 1), values(List.of(), 1), false);
    assertEquals(List.of("values.yaml"), List.copyOf(differences.keySet()));
  }
}
