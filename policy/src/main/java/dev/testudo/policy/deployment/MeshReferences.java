package dev.testudo.policy.deployment;

import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.Set;

/// Replaces the names of services by references to their sessions. A service of a mesh does not
/// know the namespace of the mesh, so a volume names another service as the Meshfile does.
///
/// @param services the names of the services of the mesh
record MeshReferences(Set<String> services) {

  /// Returns a volume whose references hold from the session of any service of the mesh.
  Mapping resolved(Mapping volume) {
    return new Mapping(
        volume.span(),
        volume.entries().stream()
            .map(
                entry ->
                    switch (entry.key().text()) {
                      case "import" -> new Entry(entry.key(), sessions(entry.value()));
                      case "export" -> new Entry(entry.key(), exports(entry.value()));
                      default -> entry;
                    })
            .toList());
  }

  private YamlNode exports(YamlNode node) {
    return switch (node) {
      case Sequence(var span, var items) ->
          new Sequence(span, items.stream().map(this::exports).toList());
      case Scalar scalar -> reference(scalar);
      case Mapping mapping -> sessions(mapping);
    };
  }

  /// Replaces the values of `session`, also within `to`.
  private YamlNode sessions(YamlNode node) {
    if (!(node instanceof Mapping(var span, var entries))) {
      return node;
    }
    return new Mapping(
        span,
        entries.stream()
            .map(
                entry ->
                    switch (entry.key().text()) {
                      case "session" -> new Entry(entry.key(), reference(entry.value()));
                      case "to" -> new Entry(entry.key(), sessions(entry.value()));
                      default -> entry;
                    })
            .toList());
  }

  private YamlNode reference(YamlNode node) {
    return node instanceof Scalar scalar && services.contains(scalar.text())
        ? scalar.withText("../" + scalar.text())
        : node;
  }
}
