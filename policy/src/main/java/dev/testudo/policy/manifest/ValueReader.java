package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.ValueBlock.Scope;
import dev.testudo.policy.manifest.ValueBlock.Value;
import dev.testudo.policy.session.read.EnvironmentReader;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import java.util.List;
import java.util.Optional;

/// Reads the `env` values of a mesh.
final class ValueReader {
  private final Problems problems;

  ValueReader(Problems problems) {
    this.problems = problems;
  }

  List<ValueBlock> blocks(List<YamlNode> nodes) {
    return nodes.stream().flatMap(node -> block(node).stream()).toList();
  }

  /// Reads a block. In the old form the entry is itself a global value: `name` and
  /// `value` without `service`.
  private Optional<ValueBlock> block(YamlNode node) {
    var read = Fields.of(node, MeshKeys.BLOCK, problems);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    var fields = read.get();
    if (fields.declares("name") && !fields.declares("service") && !fields.declares("env")) {
      return value(fields).map(v -> new ValueBlock(new Scope.Global(), List.of(v)));
    }
    var service = fields.requiredText("service");
    var values = values(fields.list("env"));
    fields.noOthers();
    return service.map(name -> new ValueBlock(scope(name), values));
  }

  private static Scope scope(Text name) {
    return switch (name.value()) {
      case "global" -> new Scope.Global();
      case "helm" -> new Scope.Helm();
      default -> new Scope.Service(name);
    };
  }

  List<Value> values(List<YamlNode> nodes) {
    return nodes.stream()
        .flatMap(node -> Fields.of(node, MeshKeys.VALUE, problems).stream())
        .flatMap(fields -> value(fields).stream())
        .toList();
  }

  private Optional<Value> value(Fields fields) {
    var name = fields.requiredText("name").filter(text -> EnvironmentReader.isName(text, problems));
    var value = fields.requiredText("value");
    fields.noOthers();
    name.ifPresent(n -> StartVariables.check(n, problems));
    return name.flatMap(n -> value.map(v -> new Value(n, v)));
  }
}
