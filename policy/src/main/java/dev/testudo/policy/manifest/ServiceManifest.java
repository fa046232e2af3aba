package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Masking;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import java.util.List;
import java.util.Optional;

/// A service manifest (`kind: genservice`): how a confidential image is made and what its service
/// needs.
///
/// @param source the text it was read from
/// @param curated whether it is built in and gives way to its mesh: the Meshfile may declare
///     connections that it has rules for itself, and need not have secrets that only those rules
///     use
public record ServiceManifest(
    SourceFile source,
    Build build,
    Variables environment,
    ManifestSecrets secrets,
    List<ManifestFile> injectionFiles,
    boolean curated) {
  public ServiceManifest {
    injectionFiles = List.copyOf(injectionFiles);
  }

  /// Reads a service manifest and reports everything that is wrong with it.
  public static Parsed<ServiceManifest> read(SourceFile written) {
    var source = Masking.of(written, ManifestKeys.MANIFEST);
    return Yaml.read(source).then(root -> new ManifestReader(source).read(root));
  }

  /// Returns the manifest as that of a curated service.
  ///
  /// @param to the image that it makes
  /// @param base the base image, if it is not the one that the manifest names
  public ServiceManifest curated(Text to, Optional<Text> base) {
    var from = base.or(() -> build.base().from());
    var made =
        new Build(
            build.name(),
            to,
            new Build.Base(build.base().kind(), build.base().kindAt(), from),
            build.program(),
            build.files(),
            build.steps(),
            build.stable(),
            build.signature(),
            build.volumes());
    return new ServiceManifest(source, made, environment, secrets, injectionFiles, true);
  }

  /// Returns the name of the image that a manifest makes, even if the manifest has mistakes
  /// elsewhere. Empty if the name cannot be read.
  public static Optional<String> imageOf(SourceFile written) {
    return switch (Yaml.read(written)) {
      case Parsed.Valid<YamlNode>(Mapping root, _) ->
          root.entry("build").flatMap(build -> textAt(build.value(), "to"));
      case Parsed.Valid<YamlNode> _, Parsed.Invalid<YamlNode> _ -> Optional.empty();
    };
  }

  private static Optional<String> textAt(YamlNode node, String key) {
    return node instanceof Mapping mapping
        ? mapping
            .entry(key)
            .map(YamlNode.Entry::value)
            .flatMap(
                value ->
                    value instanceof Scalar(_, var text, _) ? Optional.of(text) : Optional.empty())
        : Optional.empty();
  }
}
