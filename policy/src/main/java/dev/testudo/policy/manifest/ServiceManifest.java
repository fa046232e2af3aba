package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Masking;
import dev.testudo.policy.yaml.Yaml;
import java.util.List;

/// A service manifest (`kind: genservice`): how a confidential image is made and
/// what its service needs.
///
/// @param source the text it was read from
public record ServiceManifest(
    SourceFile source,
    Build build,
    Variables environment,
    ManifestSecrets secrets,
    List<ManifestFile> injectionFiles) {
  public ServiceManifest {
    injectionFiles = List.copyOf(injectionFiles);
  }

  /// Reads a service manifest and reports everything that is wrong with it.
  public static Parsed<ServiceManifest> read(SourceFile written) {
    var source = Masking.of(written, ManifestKeys.MANIFEST);
    return Yaml.read(source).then(root -> new ManifestReader(source).read(root));
  }
}
