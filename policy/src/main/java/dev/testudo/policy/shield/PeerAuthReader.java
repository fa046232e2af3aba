package dev.testudo.policy.shield;

import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Spelling;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;

/// Reads how the peers of a protected rule are authenticated.
final class PeerAuthReader {
  static final String DISABLED = "disabled";

  private PeerAuthReader() {}

  /// Returns true for `disabled` and for near misspellings of it. Such a short value cannot be a
  /// key or certificate.
  static boolean meansDisabled(String value) {
    return Spelling.nearest(value.strip(), List.of(DISABLED)).isPresent();
  }

  static Optional<PeerAuth> read(RuleVariables rule, Suffix suffix, Problems problems) {
    var why = "a protected rule must say whom it trusts: CA certificates or `disabled`";
    return rule.required(suffix, why, problems).flatMap(text -> read(rule, suffix, text, problems));
  }

  private static Optional<PeerAuth> read(
      RuleVariables rule, Suffix suffix, Text text, Problems problems) {
    var value = text.value().strip();
    if (value.equals(DISABLED)) {
      return Optional.of(new PeerAuth.Disabled());
    }
    if (value.isEmpty() || meansDisabled(value)) {
      var wrong =
          Diagnostic.error(
              DiagnosticId.INVALID_VALUE,
              text.span(),
              "`%s` is neither CA certificates nor `disabled`".formatted(rule.variable(suffix)));
      problems.add(
          value.isEmpty()
              ? wrong.labelled("it is empty")
              : Spelling.suggest(wrong, value, List.of(DISABLED)));
      return Optional.empty();
    }
    return Optional.of(new PeerAuth.Authorities(ShieldValue.of(rule.variable(suffix), text)));
  }
}
