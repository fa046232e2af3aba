package dev.testudo.cli.convert;

import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.List;

/// The variables of a container whose value the cluster gives (downward API). The container keeps
/// them, because the policy asks for them.
final class HostVariables {
  private HostVariables() {}

  static List<Draft> of(Mapping container, Tree tree) {
    return tree.mappings(container, "env").stream()
        .filter(
            variable ->
                tree.mapping(variable, "valueFrom")
                    .filter(
                        from -> tree.has(from, "fieldRef") || tree.has(from, "resourceFieldRef"))
                    .isPresent())
        .map(Draft::of)
        .toList();
  }
}
