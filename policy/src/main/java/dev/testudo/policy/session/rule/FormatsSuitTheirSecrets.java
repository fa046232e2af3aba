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

/// The truth that a secret can be written in the format asked for. The kind of an imported secret
/// may be unknown until it is delivered; CAS asks again then.
public final class FormatsSuitTheirSecrets {
  private FormatsSuitTheirSecrets() {}

  static void check(Session session, Problems problems) {
    for (var service : session.services()) {
      check(service.templates(), session::kindOf, problems);
    }
  }

  /// Reports placeholders whose format the secret does not have.
  ///
  /// @param kinds what is known of the kind of a secret
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
            spellings.isEmpty()
                ? "write it without a format"
                : "formats of this kind: " + String.join(" ", spellings));
  }
}
