package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Masking;
import dev.testudo.policy.yaml.Yaml;
import java.util.List;

/// A Meshfile (`kind: mesh`): how images form one application.
///
/// @param source the text it was read from
/// @param values the blocks of `env`, in the order written
public record Mesh(
    SourceFile source,
    List<CasInstance> cas,
    MeshPolicy policy,
    List<ValueBlock> values,
    List<MeshService> services) {
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
}
