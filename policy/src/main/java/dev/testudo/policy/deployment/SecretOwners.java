package dev.testudo.policy.deployment;

import dev.testudo.policy.deployment.PlannedSecrets.PlannedImport;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.CertificateMaterial;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Knows which service of a mesh owns which secret.
final class SecretOwners {
  private final Map<SecretName, List<Owner>> owners = new LinkedHashMap<>();
  private final Problems problems;

  private record Owner(SessionName session, SecretDefinition definition) {}

  SecretOwners(Problems problems) {
    this.problems = problems;
  }

  void add(SessionName session, List<SecretDefinition> definitions) {
    for (var definition : definitions) {
      if (!(definition instanceof SecretDefinition.Imported)) {
        owners
            .computeIfAbsent(definition.name(), _ -> new ArrayList<>())
            .add(new Owner(session, definition));
      }
    }
  }

  /// Finds the secret that a service refers to by a name in its `import` list. If the mesh has a
  /// value of that name and the value names a secret, that secret is meant.
  Optional<PlannedImport> find(Text local, Values values, SessionName importer) {
    var name = SecretName.parse(local.value());
    var mapped =
        values
            .given(local.value())
            .map(Text::value)
            .flatMap(SecretName::parse)
            .filter(owners::containsKey);
    var original = mapped.or(() -> name);
    return original.flatMap(
        o ->
            owner(o, local, importer)
                .map(owner -> new PlannedImport(name.orElse(o), owner.session(), o)));
  }

  /// Returns the kind of an imported secret, if it is known.
  Optional<SecretKind> kind(PlannedImport imported) {
    return owners.getOrDefault(imported.original(), List.of()).stream()
        .filter(owner -> owner.session().equals(imported.owner()))
        .findFirst()
        .flatMap(owner -> owner.definition().kind());
  }

  /// Returns the private key of an imported certificate, if its owner has it as a secret.
  Optional<PlannedImport> keyOf(PlannedImport imported) {
    return owners.getOrDefault(imported.original(), List.of()).stream()
        .filter(owner -> owner.session().equals(imported.owner()))
        .findFirst()
        .flatMap(owner -> key(owner.definition()))
        .map(key -> new PlannedImport(key, imported.owner(), key));
  }

  private static Optional<SecretName> key(SecretDefinition definition) {
    return definition instanceof SecretDefinition.Certificate certificate
            && certificate.value() instanceof CertificateMaterial.Issued issued
        ? Optional.of(issued.key().name())
        : Optional.empty();
  }

  private Optional<Owner> owner(SecretName name, Text reference, SessionName importer) {
    var found = owners.getOrDefault(name, List.of());
    var others = found.stream().filter(owner -> !owner.session().equals(importer)).toList();
    if (others.isEmpty()) {
      problems.add(unknown(reference));
      return Optional.empty();
    }
    if (others.size() > 1) {
      problems.add(ambiguous(reference, others));
      return Optional.empty();
    }
    return Optional.of(others.getFirst());
  }

  private Diagnostic unknown(Text reference) {
    var diagnostic =
        Diagnostic.error(
                DiagnosticId.UNKNOWN_SECRET,
                reference.span(),
                "no other service of the mesh defines secret `%s`".formatted(reference.value()))
            .labelled("imported here");
    var names = owners.keySet().stream().map(SecretName::value).toList();
    return problems.suggesting(diagnostic, names, reference.value());
  }

  private static Diagnostic ambiguous(Text reference, List<Owner> others) {
    var first = others.get(0).definition().declaration().span().place();
    var second = others.get(1).definition().declaration().span().place();
    return Diagnostic.error(
            DiagnosticId.DUPLICATE_NAME,
            reference.span(),
            "several services of the mesh define secret `%s`".formatted(reference.value()))
        .labelled("which one is meant?")
        .helped("they are at %s and %s; names must differ within a mesh".formatted(first, second));
  }
}
