package dev.testudo.policy.shield;

import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Map;
import java.util.Optional;

/// The variables of one rule.
///
/// @param mode the value of the variable without a suffix
record RuleVariables(RuleName name, Text mode, Map<Suffix, Text> values) {

  Optional<Text> value(Suffix suffix) {
    return Optional.ofNullable(values.get(suffix));
  }

  /// Returns the value of a required suffix and reports it if it is missing.
  Optional<Text> required(Suffix suffix, String why, Problems problems) {
    if (!values.containsKey(suffix)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MISSING_SHIELD_VARIABLE,
                  mode.span(),
                  "rule %s needs `%s`".formatted(name, variable(suffix)))
              .labelled(why));
    }
    return value(suffix);
  }

  /// Warns that the given suffixes have no effect, if they are set.
  void withoutEffect(String why, Problems problems, Suffix... suffixes) {
    for (var suffix : suffixes) {
      value(suffix)
          .ifPresent(
              text ->
                  problems.add(
                      Diagnostic.warning(
                              DiagnosticId.WITHOUT_EFFECT,
                              text.span(),
                              "`%s` has no effect".formatted(variable(suffix)))
                          .labelled(why)));
    }
  }

  /// Returns a value that consists of keys and certificates. Those are parsed
  /// when the shield starts.
  Optional<ShieldValue> secret(Suffix suffix) {
    return value(suffix).map(text -> ShieldValue.of(variable(suffix), text));
  }

  String variable(Suffix suffix) {
    return name.variable() + "_" + suffix;
  }
}
