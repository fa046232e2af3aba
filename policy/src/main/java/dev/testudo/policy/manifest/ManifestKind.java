package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import java.util.stream.Stream;

/// What a YAML file describes.
public enum ManifestKind {
  /// `kind: genservice`.
  SERVICE,
  /// `kind: mesh`.
  MESH,
  /// A session: it has no `kind`, but a `name` and at least one of `version`,
  /// `services` and `secrets`.
  SESSION,
  /// Anything else, including text that is not YAML.
  UNKNOWN;

  /// Returns what a file describes, judged by its top-level keys alone. Never fails.
  public static ManifestKind of(SourceFile source) {
    return switch (Yaml.read(source)) {
      case Parsed.Valid<YamlNode>(Mapping root, _) -> of(root);
      case Parsed.Valid<YamlNode> _, Parsed.Invalid<YamlNode> _ -> UNKNOWN;
    };
  }

  private static ManifestKind of(Mapping root) {
    var kind = root.entry("kind").map(YamlNode.Entry::value);
    if (kind.isEmpty()) {
      var described =
          Stream.of("version", "services", "secrets").anyMatch(k -> root.entry(k).isPresent());
      return root.entry("name").isPresent() && described ? SESSION : UNKNOWN;
    }
    return switch (kind.get()) {
      case Scalar(_, var text, _) when text.equals("genservice") -> SERVICE;
      case Scalar(_, var text, _) when text.equals("mesh") -> MESH;
      default -> UNKNOWN;
    };
  }
}
