package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import java.util.Optional;

/// The values that the variables of a manifest have without a mesh: their defaults. A variable
/// without a default is reported where it is used.
public final class ManifestDefaults {
  private final ServiceManifest manifest;
  private final Problems problems;

  /// Creates the values.
  ///
  /// @param problems gets what has no value
  public ManifestDefaults(ServiceManifest manifest, Problems problems) {
    this.manifest = manifest;
    this.problems = problems;
  }

  /// Returns a text with each variable replaced.
  public Text expand(MeshTemplate template) {
    return template.expand(this::value);
  }

  private String value(MeshTemplate.Variable variable) {
    var fallback = variable.fallback().or(() -> manifestDefault(variable.name()));
    // A default that itself contains variables can be resolved only in a mesh.
    if (fallback.isPresent() && fallback.get().variables().isEmpty()) {
      return fallback.get().expand(_ -> "").value();
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.MISSING_VALUE,
                variable.span(),
                "`%s` has no value outside of a mesh".formatted(variable.name()))
            .helped("give it a default under `environment: global:`, or apply the mesh"));
    return "";
  }

  private Optional<MeshTemplate> manifestDefault(String name) {
    return manifest.environment().global().stream()
        .filter(variable -> variable.name().value().equals(name))
        .map(Variables.Global::fallback)
        .flatMap(Optional::stream)
        .findFirst();
  }
}
