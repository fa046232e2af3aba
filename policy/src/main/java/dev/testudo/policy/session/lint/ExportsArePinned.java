package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.Export;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;

/// Finds exports to a session of which only the name is known. A session in the exporter's own
/// namespace is under the same control, so its name is enough.
final class ExportsArePinned {
  private ExportsArePinned() {}

  static void check(Session session, Problems problems) {
    for (var secret : session.secrets()) {
      for (var export : secret.declaration().exports()) {
        if (export instanceof Export.ToSession(var importer, var revision)
            && revision.isEmpty()
            && !isNear(session, export)) {
          problems.add(
              Diagnostic.warning(
                      DiagnosticId.NAME_ONLY_EXPORT,
                      secret.declaration().span(),
                      "secret `%s` goes to whoever registers session `%s`"
                          .formatted(secret.name(), importer))
                  .labelled("a name alone does not prove who owns a session")
                  .helped("add the `session_hash` of the importer"));
        }
      }
    }
  }

  private static boolean isNear(Session session, Export export) {
    return export instanceof Export.ToSession(var importer, _)
        && session
            .name()
            .namespace()
            .filter(namespace -> namespace.value().length() > 1)
            .filter(importer::isWithin)
            .isPresent();
  }
}
