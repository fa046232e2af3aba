package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.StartVariables;
import dev.testudo.policy.manifest.ValueBlock.Scope;
import dev.testudo.policy.manifest.ValueBlock.Value;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Warns of values in a Meshfile that no service uses. A block for `helm` is for the chart and is
/// not checked.
final class ValuesAreUsed {
  /// Values that steer the charts of SCONE: the policies do not use them.
  private static final Pattern OF_CHARTS =
      Pattern.compile("imagePullSecrets|imagePullPolicy|replicas|replicaCount");

  private final Map<String, Set<String>> used;
  private final Problems problems;

  private ValuesAreUsed(Map<String, Set<String>> used, Problems problems) {
    this.used = used;
    this.problems = problems;
  }

  /// @param used the names of the values that each service uses
  static void check(Mesh mesh, Map<String, Set<String>> used, Problems problems) {
    var rule = new ValuesAreUsed(used, problems);
    for (var block : mesh.values()) {
      switch (block.scope()) {
        case Scope.Global() -> rule.check(block.values(), used.keySet());
        case Scope.Helm() -> {}
        case Scope.Service(var name) -> rule.check(block.values(), List.of(name.value()));
      }
    }
    mesh.services().forEach(s -> rule.check(s.values(), List.of(s.name().value())));
  }

  private void check(List<Value> values, Collection<String> services) {
    var known = new TreeSet<String>();
    services.forEach(service -> known.addAll(used.getOrDefault(service, Set.of())));
    for (var value : values) {
      var name = value.name().value();
      if (!known.contains(name)
          && !StartVariables.contains(name)
          && !OF_CHARTS.matcher(name).matches()) {
        var diagnostic =
            Diagnostic.warning(
                    DiagnosticId.WITHOUT_EFFECT,
                    value.name().span(),
                    "value `%s` has no effect".formatted(value.name().quotable()))
                .labelled(
                    services.size() == 1
                        ? "service `%s` does not use it".formatted(services.iterator().next())
                        : "no service uses it");
        problems.addSuggesting(diagnostic, known, name);
      }
    }
  }
}
