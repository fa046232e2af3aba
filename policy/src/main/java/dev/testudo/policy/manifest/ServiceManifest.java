package dev.testudo.policy.manifest;

import dev.testudo.policy.session.read.SecretValues;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Yaml;
import java.util.List;

/// How one confidential image is made and what its service needs (`kind: genservice`).
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

  /// Reads a service manifest; everything wrong with it is reported at once.
  public static Parsed<ServiceManifest> read(SourceFile written) {
    var source = SecretValues.hiddenIn(written);
    return Yaml.read(source).then(root -> new ManifestReader(source).read(root));
  }
}
