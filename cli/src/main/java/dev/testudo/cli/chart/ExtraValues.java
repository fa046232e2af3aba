package dev.testudo.cli.chart;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Reads `helm_extra_values` of a Meshfile. The schemas of the charts check what is below the names
/// of the charts.
final class ExtraValues {
  private static final String GLOBAL = "global";

  private ExtraValues() {}

  /// Returns the values by the name of their chart. Helm would ignore those of a chart that does
  /// not exist, so they are reported.
  static Map<String, Object> read(
      Optional<YamlNode> given, KubernetesNames names, Problems problems) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (given.isEmpty() || given.get().isNull()) {
      return values;
    }
    if (!(given.get() instanceof Mapping mapping)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  given.get().span(),
                  "`helm_extra_values` is not a set of keys")
              .helped("write `helm_extra_values: {SERVICE: {replicas: 2}}`"));
      return values;
    }
    for (var entry : mapping.entries()) {
      var chart = entry.key().text();
      if (chart.equals(GLOBAL) || names.names().containsValue(chart)) {
        values.put(chart, entry.value().plain());
      } else {
        var diagnostic =
            Diagnostic.error(
                    DiagnosticId.UNKNOWN_SERVICE,
                    entry.key().span(),
                    "no service of the mesh has a chart with the name `%s`".formatted(chart))
                .labelled("neither a service nor `global`");
        problems.add(problems.suggesting(diagnostic, names.names().values(), chart));
      }
    }
    return values;
  }
}
