package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Sources.Reference;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.List;

/// Reads references to ConfigMaps and Secrets.
record References(Tree tree) {

  /// Returns the references of a mapping that has at most one of each.
  ///
  /// @param ofConfigMap the key of a reference to a ConfigMap
  /// @param ofSecret the key of a reference to a Secret
  List<Reference> in(Mapping mapping, String ofConfigMap, String ofSecret) {
    var found = new ArrayList<Reference>();
    add(mapping, ofConfigMap, false, "name", found);
    add(mapping, ofSecret, true, "name", found);
    return found;
  }

  /// Returns the reference of a volume or of a source of a projected volume.
  ///
  /// @param secretName the key of the name of a Secret: it differs
  List<Reference> ofVolume(Mapping volume, String secretName) {
    var found = new ArrayList<Reference>();
    add(volume, "configMap", false, "name", found);
    add(volume, "secret", true, secretName, found);
    return found;
  }

  private void add(
      Mapping mapping, String key, boolean isSecret, String nameKey, List<Reference> found) {
    tree.mapping(mapping, key)
        .ifPresent(
            spec ->
                tree.requiredText(spec, nameKey, "`" + key + "`")
                    .ifPresent(
                        name ->
                            found.add(new Reference(isSecret, name, tree.flag(spec, "optional")))));
  }
}
