package dev.testudo.policy.session.rule;

import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Checks that binary values go into files only: arguments, variables and tokens are text.
public final class BinariesGoIntoFiles {
  private BinariesGoIntoFiles() {}

  static void check(Session session, Problems problems) {
    for (var service : session.services()) {
      check(service.launch().templates(), session::kindOf, problems);
    }
    check(session.security().templates(), session::kindOf, problems);
    check(session.claims(), session::kindOf, problems);
  }

  /// Reports placeholders in arguments and variables whose value would be bytes.
  ///
  /// @param kinds returns the kind of a secret, if it is known
  public static void check(
      List<RuntimeTemplate> templates,
      Function<SecretName, Optional<SecretKind>> kinds,
      Problems problems) {
    for (var template : templates) {
      for (var placeholder : template.placeholders()) {
        var format = placeholder.format();
        kinds
            .apply(placeholder.secret())
            .filter(kind -> format.suits(kind) && format.isBinary(kind))
            .ifPresent(_ -> problems.add(binary(placeholder)));
      }
    }
  }

  private static Diagnostic binary(Placeholder placeholder) {
    return Diagnostic.error(
            DiagnosticId.UNSUITABLE_FORMAT,
            placeholder.span(),
            "secret `%s` would be bytes here".formatted(placeholder.secret()))
        .labelled("only files can hold bytes")
        .helped("choose a text format such as `:hex`, `:base64` or `:pem`");
  }
}
