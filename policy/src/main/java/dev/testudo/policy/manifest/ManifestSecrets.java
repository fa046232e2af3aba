package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlNode;
import java.util.List;

/// The `secrets` section of a service manifest.
///
/// @param defined the secrets that this service owns (`global`)
/// @param imported names of secrets that other services of the mesh own (`import`)
public record ManifestSecrets(List<Fragment> defined, List<Text> imported) {
  public ManifestSecrets {
    defined = List.copyOf(defined);
    imported = List.copyOf(imported);
  }

  /// A secret's definition in the session language. Its fields may contain `{{name}}` variables, so
  /// its meaning is known only once the mesh is.
  public record Fragment(Text name, YamlNode.Mapping definition) {}
}
