package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.session.read.SecretKeys;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the file of `image_secrets`: a list of secrets, which may be YAML only once its variables
/// are replaced.
record ImageSecrets(Expander expander, Problems problems) {

  /// Returns the definitions in a file.
  ///
  /// @param path as the Meshfile names the file
  /// @param files all files that were read, by their paths
  List<Fragment> read(Text path, Map<String, SourceFile> files) {
    var file = files.get(path.value());
    if (file == null) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.UNREADABLE_FILE,
              path.span(),
              "`%s` cannot be read".formatted(path.quotable())));
      return List.of();
    }
    var text = expander.expand(MeshTemplate.parse(Text.of(file), problems));
    // Values may hold secrets, and what the file shows at a place is no longer what stands there.
    var rendered = SourceFile.confidential(file.name() + " (variables replaced)", text.value());
    return problems.take(Yaml.read(rendered)).map(this::fragments).orElse(List.of());
  }

  private List<Fragment> fragments(YamlNode root) {
    return Fields.items(root).stream().flatMap(node -> fragment(node).stream()).toList();
  }

  private Optional<Fragment> fragment(YamlNode node) {
    return Fields.of(node, SecretKeys.SECRET, problems)
        .flatMap(fields -> fields.requiredText("name"))
        .map(name -> new Fragment(name, (Mapping) node));
  }
}
