package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Sources.Reference;
import dev.testudo.cli.convert.Workload.Container;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Converts `env` and `envFrom` of a container.
///
/// @param report gets what stays readable for the operator
record EnvironmentConverter(Tree tree, Sources sources, Report report) {
  /// Marks a variable whose value the host gives.
  static final String FROM_HOST = "\\@\\@";

  /// Returns the texts of the manifest by the names of variables. A later definition takes
  /// precedence, and `env` over `envFrom`, as in Kubernetes.
  Map<String, String> convert(Container container) {
    var variables = new LinkedHashMap<String, String>();
    for (var source : tree.mappings(container.spec(), "envFrom")) {
      all(container, source, variables);
    }
    for (var variable : tree.mappings(container.spec(), "env")) {
      tree.requiredText(variable, "name", "a variable")
          .ifPresent(name -> one(container, name, variable, variables));
    }
    return variables;
  }

  private void all(Container container, Mapping source, Map<String, String> variables) {
    var prefix = tree.text(source, "prefix").map(Text::value).orElse("");
    for (var reference : new References(tree).in(source, "configMapRef", "secretRef")) {
      sources
          .all(reference)
          .forEach(
              (key, item) ->
                  variables.put(
                      prefix + key,
                      sources.text(container.service(), reference, key, item, false)));
    }
  }

  private void one(
      Container container, Text name, Mapping variable, Map<String, String> variables) {
    var from = tree.mapping(variable, "valueFrom");
    if (from.isEmpty()) {
      var value = tree.text(variable, "value").orElseGet(() -> new Text("", name.span()));
      variables.put(
          name.value(),
          ManifestText.expanded(value.value(), variables, value.span(), tree.problems()));
    } else if (tree.has(from.get(), "fieldRef") || tree.has(from.get(), "resourceFieldRef")) {
      fromHost(container, name, variables);
    } else {
      valueFrom(container, name, from.get()).ifPresent(v -> variables.put(name.value(), v));
    }
  }

  private void fromHost(Container container, Text name, Map<String, String> variables) {
    variables.remove(name.value());
    variables.put(FROM_HOST + name.value(), "");
    report.readable(
        "%s: variable %s: the operator chooses its value (downward API)"
            .formatted(container.service(), name.value()));
  }

  private Optional<String> valueFrom(Container container, Text name, Mapping from) {
    var references = new References(tree).in(from, "configMapKeyRef", "secretKeyRef");
    if (references.isEmpty()) {
      tree.problems()
          .add(
              Diagnostic.error(
                      DiagnosticId.NOT_SUPPORTED_YET,
                      Tree.place(from),
                      "the value of `%s` comes from a source that is not known"
                          .formatted(name.quotable()))
                  .helped(
                      "known are configMapKeyRef, secretKeyRef, fieldRef and resourceFieldRef"));
      return Optional.empty();
    }
    var reference = references.getFirst();
    var spec =
        tree.mapping(from, reference.isSecret() ? "secretKeyRef" : "configMapKeyRef").orElseThrow();
    return tree.requiredText(spec, "key", "a reference")
        .flatMap(
            key -> sources.one(reference, key).map(item -> text(container, reference, key, item)));
  }

  private String text(Container container, Reference reference, Text key, Data.Item item) {
    return sources.text(container.service(), reference, key.value(), item, false);
  }
}
