package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Masking;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import java.util.List;
import java.util.Optional;

/// A Meshfile (`kind: mesh`): how images form one application.
///
/// @param source the text it was read from
/// @param values the blocks of `env`, in the order written
/// @param repository `repo.destination`: where the images of curated services go
/// @param helmExtraValues `helm_extra_values`: YAML that the values of the Helm chart contain
public record Mesh(
    SourceFile source,
    List<CasInstance> cas,
    MeshPolicy policy,
    List<ValueBlock> values,
    List<MeshService> services,
    Optional<Text> repository,
    Optional<YamlNode> helmExtraValues) {
  public Mesh {
    cas = List.copyOf(cas);
    values = List.copyOf(values);
    services = List.copyOf(services);
  }

  /// Reads a Meshfile and reports everything that is wrong with it.
  public static Parsed<Mesh> read(SourceFile written) {
    var source = Masking.of(written, MeshKeys.MESH);
    return Yaml.read(source).then(root -> new MeshReader(source).read(root));
  }

  /// Returns the CAS that the sessions of the mesh go to.
  public Optional<CasInstance> home() {
    return cas.stream().filter(CasInstance::storesSessions).findFirst();
  }
}
