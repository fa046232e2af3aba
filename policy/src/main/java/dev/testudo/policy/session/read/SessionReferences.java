package dev.testudo.policy.session.read;

import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Optional;

/// Reads references from one session to others.
final class SessionReferences {
  private final SessionName here;
  private final Problems problems;

  SessionReferences(SessionName here, Problems problems) {
    this.here = here;
    this.problems = problems;
  }

  /// Resolves an absolute or relative name.
  Optional<SessionName> session(Text text) {
    var name = here.resolve(text.value());
    if (name.isEmpty()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_NAME,
                  text.span(),
                  "`%s` does not refer to a session".formatted(text.value()))
              .labelled("relative to session `%s`".formatted(here))
              .helped(
                  "write `namespace/name`, `../name` for a session beside this one or `./name` for"
                      + " one below it"));
    }
    return name;
  }

  Optional<SessionHash> hash(Text text) {
    var hash = SessionHash.parse(text.value());
    if (hash.isEmpty()) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.INVALID_VALUE,
              text.span(),
              "a session's hash has 64 hexadecimal digits"));
    }
    return hash;
  }
}
