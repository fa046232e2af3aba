package dev.testudo.cli.chart;

import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.Set;

/// What the pods of a chart have if its values say nothing else. Pods that do not come from a chart
/// get the same.
///
/// @param values the default values of a service's chart
public record PodDefaults(Mapping values) {
  /// The port of the readiness probe, if the service does not use it itself.
  public static final int PROBE_PORT = 8089;

  /// The folder where the join token is mounted.
  public static final String TOKEN_FOLDER = "/run/testudo";

  /// The name of the join token's file in that folder.
  public static final String TOKEN_FILE = "token";

  /// Reads the default values.
  public static PodDefaults read() {
    var name = "service/values.yaml";
    var file = new SourceFile(name, ChartResources.text(name));
    var values = new Problems().take(Yaml.read(file));
    if (values.orElseThrow() instanceof Mapping mapping) {
      return new PodDefaults(mapping);
    }
    throw new AssertionError(name + " has no keys");
  }

  /// Returns the default of a value that has keys itself.
  public Mapping mapping(String key) {
    return values
        .entry(key)
        .map(entry -> entry.value())
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .orElseThrow(() -> new IllegalArgumentException("no default of " + key));
  }

  /// Returns the default of a value that is a number.
  public int number(String key) {
    return values
        .entry(key)
        .filter(entry -> entry.value().plain() instanceof Long)
        .map(entry -> Math.toIntExact((Long) entry.value().plain()))
        .orElseThrow(() -> new IllegalArgumentException("no number is the default of " + key));
  }

  /// Returns the first port from the usual one on that a pod does not use.
  public static int freeProbePort(Set<Integer> used) {
    var port = PROBE_PORT;
    while (used.contains(port)) {
      port++;
    }
    return port;
  }
}
