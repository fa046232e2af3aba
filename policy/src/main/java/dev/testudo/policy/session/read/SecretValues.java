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

/// Finds the secrets that are written in a session or manifest themselves, so that no diagnostic
/// shows them.
public final class SecretValues {
  /// What they look like in a text whose notation is broken.
  private static final Pattern LOOKS_SECRET =
      Pattern.compile(
          "(?:\\bvalue|\\bservice_access_token)[\"']?\\s*:([^\\n]*)"
              + "|(-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*)");

  /// Keys of a secret whose values anyone may see.
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

  /// The source with the values of its secrets and its access token made unreadable.
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

  /// A manifest has its secrets one level deeper, under `global`.
  private static void findInSecrets(YamlNode node, List<Span> parts) {
    switch (node) {
      case Scalar _ -> {}
      case Sequence(_, var items) -> items.forEach(item -> findInSecret(item, parts));
      case Mapping(_, var entries) -> entries.forEach(e -> findInSecrets(e.value(), parts));
    }
  }

  /// The value may also hide under a misspelled key.
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
