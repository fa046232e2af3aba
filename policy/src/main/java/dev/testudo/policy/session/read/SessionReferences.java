package dev.testudo.policy.session.read;

import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.List;
import java.util.Optional;

/// Reads references from one session to others.
final class SessionReferences {
  private static final List<String> REMOTE = List.of("cas_url", "cas_key", "cas_software_key");

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
                  "`%s` does not refer to a session".formatted(text.quotable()))
              .labelled("relative to session `%s`".formatted(here))
              .helped(
                  "write `namespace/name`, `../name` for a session beside this one or `./name` for"
                      + " one below it"));
    }
    return name;
  }

  /// Parses a name that must not be relative.
  Optional<SessionName> absolute(Text text) {
    return Names.session(text, problems);
  }

  /// Takes the keys that name another CAS and refuses them, once, at the first of them.
  ///
  /// @return true if there are any
  boolean remote(Fields fields) {
    var first = REMOTE.stream().filter(fields::has).findFirst();
    first.ifPresent(key -> refuseRemote(fields.spanOf(key), "`%s`".formatted(key)));
    REMOTE.forEach(fields::text);
    return first.isPresent();
  }

  /// Refuses a reference to another CAS.
  ///
  /// @param what the refused thing in the message
  void refuseRemote(Span span, String what) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.NOT_SUPPORTED_YET, span, "%s is not supported".formatted(what))
            .labelled("this CAS exchanges secrets with no other CAS")
            .helped("register both sessions with one CAS"));
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
