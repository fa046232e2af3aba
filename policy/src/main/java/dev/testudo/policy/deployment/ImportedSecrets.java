package dev.testudo.policy.deployment;

import dev.testudo.policy.deployment.PlannedSecrets.PlannedImport;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The secrets that a service imports from others of its mesh.
final class ImportedSecrets {
  private final ServiceManifest manifest;
  private final List<String> names;
  private final List<Placeholder> used;

  /// @param names the names of all secrets that the manifest defines or imports
  /// @param texts what secrets are inserted into
  ImportedSecrets(ServiceManifest manifest, List<String> names, List<Text> texts) {
    this.manifest = manifest;
    this.names = names;
    this.used =
        texts.stream()
            .map(text -> RuntimeTemplate.parse(text, names, new Problems()))
            .flatMap(template -> template.placeholders().stream())
            .toList();
  }

  /// Finds the secrets that the manifest lists. A curated service does without those that it does
  /// not use. A certificate whose private key is used comes with the key, as in sessions.
  ///
  /// @param find finds the owner of a name
  List<PlannedImport> find(SecretOwners owners, Function<Text, Optional<PlannedImport>> find) {
    var imports = new ArrayList<PlannedImport>();
    for (var name : manifest.secrets().imported()) {
      if (!manifest.curated() || isUsed(name.value())) {
        find.apply(name).ifPresent(imports::add);
      }
    }
    for (var certificate : List.copyOf(imports)) {
      owners
          .keyOf(certificate)
          .filter(key -> usesKey(certificate) && !names.contains(key.local().value()))
          .filter(key -> !imports.contains(key))
          .ifPresent(imports::add);
    }
    return imports;
  }

  private boolean isUsed(String secret) {
    return used.stream().anyMatch(placeholder -> placeholder.secret().value().equals(secret));
  }

  private boolean usesKey(PlannedImport certificate) {
    return used.stream()
        .filter(placeholder -> placeholder.secret().equals(certificate.local()))
        .anyMatch(placeholder -> placeholder.format().revealsCertificateKey());
  }
}
