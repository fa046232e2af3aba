package dev.testudo.policy.session.lint;

import dev.testudo.policy.session.Export;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;

/// Finds exports to a session of which only the name is known. A session in the exporter's own
/// namespace is under the same control, so its name is enough.
final class ExportsArePinned {
  private ExportsArePinned() {}

  static void check(Session session, Problems problems) {
    for (var secret : session.secrets()) {
      for (var export : secret.declaration().exports()) {
        if (export instanceof Export.ToSession(var importer, var revision)
            && revision.isEmpty()
            && !isNear(session, importer)) {
          problems.add(
              nameOnly(
                  secret.declaration().span(), "secret `%s`".formatted(secret.name()), importer));
        }
      }
    }
    for (var volume : session.volumes()) {
      for (var export : volume.exports()) {
        if (export.revision().isEmpty() && !isNear(session, export.session())) {
          problems.add(
              nameOnly(export.span(), "volume `%s`".formatted(volume.name()), export.session()));
        }
      }
    }
  }

  private static Diagnostic nameOnly(Span span, String what, SessionName importer) {
    return Diagnostic.warning(
            DiagnosticId.NAME_ONLY_EXPORT,
            span,
            "%s goes to whoever registers session `%s`".formatted(what, importer))
        .labelled("a name alone does not prove who owns a session")
        .helped("add the `session_hash` of the importer");
  }

  private static boolean isNear(Session session, SessionName importer) {
    return session
        .name()
        .namespace()
        .filter(namespace -> namespace.value().length() > 1)
        .filter(importer::isWithin)
        .isPresent();
  }
}
