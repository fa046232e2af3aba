package dev.testudo.policy.session;

import dev.testudo.policy.yaml.YamlNode;

/// The value of a `config-fragment` secret: a part of a policy, as YAML. It contains no
/// placeholders, so nothing in it is replaced when it is inserted.
public record ConfigFragment(YamlNode value) {
  /// The most levels of nested collections.
  public static final int MAX_DEPTH = 16;

  /// The most nodes: values, lists and mappings.
  public static final int MAX_NODES = 2_000;

  /// The most characters of all keys and values together.
  public static final int MAX_CHARACTERS = 1 << 16;

  /// Returns nothing of the value, which is secret.
  @Override
  public String toString() {
    return "ConfigFragment[%s]".formatted(value.span().place());
  }
}
