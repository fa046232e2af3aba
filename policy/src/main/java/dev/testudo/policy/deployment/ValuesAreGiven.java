package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.MeshService;
import dev.testudo.policy.manifest.Variables.Global;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Spelling;

/// Checks that the mesh gives a value for each variable that a manifest leaves to it.
final class ValuesAreGiven {
  private ValuesAreGiven() {}

  /// Returns the diagnostic for a variable without a value. It points into the
  /// Meshfile, which must change.
  static Diagnostic missing(Global global, MeshService service, Values values) {
    var name = global.name().value();
    var diagnostic =
        Diagnostic.error(
                DiagnosticId.MISSING_VALUE,
                service.name().span(),
                "service `%s` needs a value for `%s`".formatted(service.name().value(), name))
            .labelled("no value in this mesh and no default");
    return Spelling.nearest(name, values.given().keySet())
        .map(near -> diagnostic.helped("did you mean `%s`, which has a value?".formatted(near)))
        .orElse(diagnostic)
        .helped("the variable is declared at " + global.name().span().place());
  }
}
