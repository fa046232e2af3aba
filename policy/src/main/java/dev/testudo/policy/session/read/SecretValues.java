package dev.testudo.policy.session.read;

import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Finds secret values written in a session or manifest, so that diagnostics can mask them.
public final class SecretValues {
  /// Matches secret values in a text that is not valid YAML.
  private static final Pattern LOOKS_SECRET =
      Pattern.compile(
          "(?:\\bvalue|\\bservice_access_token)[\"']?\\s*:([^\\n]*)"
              + "|(-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*)");

  /// The keys of a secret whose values need not be masked.
  private static final Set<String> HARMLESS =
      Set.of(
          "name",
          "kind",
          "size",
          "private_key",
          "issuer",
          "common_name",
          "endpoint",
          "dns",
          "san",
          "valid_for",
          "key_type",
          "migrate",
          "export",
          "export_public",
          "import");

  private SecretValues() {}

  /// Returns the source with the values of its secrets and its access token masked.
  public static SourceFile hiddenIn(SourceFile source) {
    var parts = new ArrayList<Span>();
    switch (Yaml.read(source)) {
      case Parsed.Valid<YamlNode>(Mapping root, _) -> root.entries().forEach(e -> find(e, parts));
      case Parsed.Valid<YamlNode> _ -> {}
      case Parsed.Invalid<YamlNode> _ -> guess(source, parts);
    }
    return source.hiding(parts);
  }

  private static void find(Entry entry, List<Span> parts) {
    switch (entry.key().text()) {
      case "secrets" -> findInSecrets(entry.value(), parts);
      case "security" -> findToken(entry.value(), parts);
      default -> {}
    }
  }

  /// Searches `secrets`. A manifest has its secrets one level deeper, under `global`.
  private static void findInSecrets(YamlNode node, List<Span> parts) {
    switch (node) {
      case Scalar _ -> {}
      case Sequence(_, var items) -> items.forEach(item -> findInSecret(item, parts));
      case Mapping(_, var entries) -> entries.forEach(e -> findInSecrets(e.value(), parts));
    }
  }

  /// Masks everything but the values of known harmless keys, since a misspelled key may
  /// hold a secret value.
  private static void findInSecret(YamlNode node, List<Span> parts) {
    if (node instanceof Mapping(_, var entries)) {
      entries.stream()
          .filter(entry -> !HARMLESS.contains(entry.key().text()))
          .forEach(entry -> parts.add(entry.value().span()));
    }
  }

  private static void findToken(YamlNode node, List<Span> parts) {
    if (node instanceof Mapping mapping) {
      mapping.entry("service_access_token").ifPresent(e -> parts.add(e.value().span()));
    }
  }

  private static void guess(SourceFile source, List<Span> parts) {
    var match = LOOKS_SECRET.matcher(source.text());
    while (match.find()) {
      var group = match.group(1) != null ? 1 : 2;
      parts.add(source.span(match.start(group), match.end(group)));
    }
  }
}
