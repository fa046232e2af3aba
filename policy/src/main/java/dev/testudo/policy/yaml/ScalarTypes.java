package dev.testudo.policy.yaml;

import dev.testudo.policy.yaml.YamlNode.ScalarType;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;

/// Resolves the type of an unquoted scalar by the core schema of YAML 1.2.
final class ScalarTypes {
  private static final CoreScalarResolver RESOLVER = new CoreScalarResolver(false);

  private ScalarTypes() {}

  static ScalarType of(String text) {
    var tag = RESOLVER.resolve(text, true);
    if (tag.equals(Tag.NULL)) {
      return ScalarType.NULL;
    } else if (tag.equals(Tag.BOOL)) {
      return ScalarType.BOOLEAN;
    } else if (tag.equals(Tag.INT)) {
      return ScalarType.INTEGER;
    }
    return tag.equals(Tag.FLOAT) ? ScalarType.FLOAT : ScalarType.STRING;
  }
}
