package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretFormat;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Checks that each secret can be written in the format that a placeholder asks for. The kind of an
/// imported secret may be unknown until delivery; CAS repeats the check then.
public final class FormatsSuitTheirSecrets {
  private FormatsSuitTheirSecrets() {}

  static void check(Session session, Problems problems) {
    for (var service : session.services()) {
      check(service.templates(), session::kindOf, problems);
    }
    check(session.security().templates(), session::kindOf, problems);
    check(session.claims(), session::kindOf, problems);
  }

  /// Reports placeholders with a format that does not suit the secret's kind.
  ///
  /// @param kinds returns the kind of a secret, if it is known
  public static void check(
      List<RuntimeTemplate> templates,
      Function<SecretName, Optional<SecretKind>> kinds,
      Problems problems) {
    for (var template : templates) {
      for (var placeholder : template.placeholders()) {
        kinds
            .apply(placeholder.secret())
            .filter(kind -> !placeholder.format().suits(kind))
            .ifPresent(kind -> problems.add(unsuitable(placeholder, kind)));
      }
    }
  }

  private static Diagnostic unsuitable(Placeholder placeholder, SecretKind kind) {
    var spellings = SecretFormat.spellingsFor(kind);
    return Diagnostic.error(
            DiagnosticId.UNSUITABLE_FORMAT,
            placeholder.span(),
            "secret `%s` has no such format".formatted(placeholder.secret()))
        .labelled("its kind is `%s`".formatted(kind))
        .helped(
            kind == SecretKind.CONFIG_FRAGMENT
                ? "a config fragment has no form as text; use it in the structure of a policy"
                : spellings.isEmpty()
                    ? "write it without a format"
                    : "formats of this kind: " + String.join(" ", spellings));
  }
}
