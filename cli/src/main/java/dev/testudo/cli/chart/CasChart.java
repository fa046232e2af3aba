package dev.testudo.cli.chart;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The Helm chart of CAS. It is the same for everybody; values say what differs.
public final class CasChart {
  private static final String CHART = "Chart.yaml";

  private static final List<String> FILES =
      List.of(
          CHART,
          "templates/NOTES.txt",
          "templates/_helpers.tpl",
          "templates/_pod.tpl",
          "templates/backup.yaml",
          "templates/networkpolicy.yaml",
          "templates/poddisruptionbudget.yaml",
          "templates/service.yaml",
          "templates/serviceaccount.yaml",
          "templates/workload.yaml",
          "values.schema.json",
          "values.yaml");

  private CasChart() {}

  /// Returns the files of the chart, by their paths in its directory.
  ///
  /// @param version the version of Testudo, which is the tag of the image unless a value says
  ///     otherwise
  public static SortedMap<String, String> files(String version) {
    SortedMap<String, String> files = new TreeMap<>();
    FILES.forEach(file -> files.put(file, ChartResources.text("cas/" + file)));
    files.computeIfPresent(CHART, (_, text) -> text.replace("@VERSION@", version));
    return files;
  }
}
