package dev.testudo.policy.deployment;

import dev.testudo.policy.session.rule.BinariesGoIntoFiles;
import dev.testudo.policy.session.rule.FormatsSuitTheirSecrets;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Checks the texts of a service that secrets are inserted into.
///
/// @param secrets the names that may be used
/// @param kinds the kinds of the secrets whose kind is known
record TextRules(List<String> secrets, Map<SecretName, SecretKind> kinds, Problems problems) {

  void check(List<Text> command, Map<String, Text> environment, Collection<Text> files) {
    var launch =
        Stream.concat(command.stream(), environment.values().stream()).map(this::template).toList();
    var contents = files.stream().map(this::template).toList();
    FormatsSuitTheirSecrets.check(launch, this::kind, problems);
    FormatsSuitTheirSecrets.check(contents, this::kind, problems);
    BinariesGoIntoFiles.check(launch, this::kind, problems);
  }

  private RuntimeTemplate template(Text text) {
    return RuntimeTemplate.parse(text, secrets, problems);
  }

  private Optional<SecretKind> kind(SecretName name) {
    return Optional.ofNullable(kinds.get(name));
  }
}
