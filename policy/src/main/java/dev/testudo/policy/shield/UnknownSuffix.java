package dev.testudo.policy.shield;

import dev.testudo.policy.shield.VariableName.Side;
import dev.testudo.policy.shield.VariableName.Suffix;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Span;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A variable that looks like one of a rule, but whose suffix is misspelled or
/// belongs to the other side.
///
/// @param rule the whole name, including its wrong suffix
/// @param tail the wrong suffix as written
/// @param near the suffix that was probably meant
record UnknownSuffix(Side side, RuleName rule, String tail, Optional<Suffix> near) {

  Diagnostic diagnostic(Span span) {
    var diagnostic =
        Diagnostic.error(
            DiagnosticId.UNKNOWN_SHIELD_VARIABLE,
            span,
            "variable `%s` is not known".formatted(rule.variable()));
    var mine = near.filter(side.suffixes()::contains);
    var other = near.filter(suffix -> !side.suffixes().contains(suffix));
    var what = side.toString().toLowerCase(java.util.Locale.ROOT);
    return diagnostic
        .labelled(
            other
                .map(suffix -> "`_%s` is not for %s rules".formatted(suffix, what))
                .orElse("`_%s` is not a suffix of a rule".formatted(tail)))
        .helped(
            mine.or(() -> other.flatMap(this::counterpart))
                .map(suffix -> "did you mean `_%s`?".formatted(suffix))
                .orElseGet(() -> "suffixes: " + listed(side.suffixes())));
  }

  /// Returns the suffix of this side that corresponds to `suffix` of the other side.
  private Optional<Suffix> counterpart(Suffix suffix) {
    return switch (suffix) {
      case PORT -> Optional.of(Suffix.DESTINATION);
      case DESTINATION -> Optional.of(Suffix.PORT);
      case CLIENT_AUTH -> Optional.of(Suffix.SERVER_AUTH);
      case SERVER_AUTH -> Optional.of(Suffix.CLIENT_AUTH);
      case IDENTITY, CLIENT_NAMES, ALPN, TLS_MIN, DESTINATION_IP, SERVER_DNS_NAME ->
          Optional.empty();
    };
  }

  private static String listed(List<Suffix> suffixes) {
    return suffixes.stream().map(suffix -> "_" + suffix).collect(Collectors.joining(" "));
  }
}
