package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.MeshService;
import dev.testudo.policy.manifest.Variables.Global;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Spelling;

/// The truth that each variable that a manifest leaves to the mesh has a value there.
final class ValuesAreGiven {
  private ValuesAreGiven() {}

  /// What to say about a variable without one. The Meshfile has to change, so it points there.
  static Diagnostic missing(Global global, MeshService service, Values values) {
    var name = global.name().value();
    var diagnostic =
        Diagnostic.error(
                DiagnosticId.MISSING_VALUE,
                service.name().span(),
                "service `%s` needs a value for `%s`".formatted(service.name().value(), name))
            .labelled("no value in this mesh and no default");
    return Spelling.nearest(name, values.given().keySet())
        .map(near -> diagnostic.helped("there is a value for `%s`; is that meant?".formatted(near)))
        .orElse(diagnostic)
        .helped("the variable is declared at " + global.name().span().place());
  }
}
