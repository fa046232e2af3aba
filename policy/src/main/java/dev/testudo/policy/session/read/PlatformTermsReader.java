package dev.testudo.policy.session.read;

import dev.testudo.policy.session.IgnoredAdvisory;
import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.policy.session.PlatformTerms.Least;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.session.ValidityPeriod;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads which platforms are accepted: the keys that sessions and Meshfiles share.
public record PlatformTermsReader(Problems problems) {
  static final String LEAST_EVALUATION = "min_tcb_evaluation_number";
  static final String LEAST_DATE = "min_tcb_date";
  static final String GRACE = "collateral_grace";

  /// The greatest number of a TCB recovery event.
  static final int MOST_EVALUATION = Integer.MAX_VALUE;

  /// Reads the keys that are not `tolerate` and `ignore_advisories`, which Meshfiles write in
  /// further ways.
  public PlatformTerms read(
      Fields fields, Map<Tolerance, Span> tolerated, List<IgnoredAdvisory> ignored) {
    return new PlatformTerms(
        tolerated,
        ignored,
        Platforms.read(fields, problems),
        leastEvaluation(fields),
        leastDate(fields),
        grace(fields));
  }

  /// Reads the keys of a session whose services need not attest, of which some have no effect.
  PlatformTerms readUnjudged(
      Fields fields, Map<Tolerance, Span> tolerated, List<IgnoredAdvisory> ignored) {
    fields.withoutEffect(
        "services of this session need not attest", Platforms.KEY, LEAST_EVALUATION, LEAST_DATE);
    return new PlatformTerms(
        tolerated, ignored, List.of(), Optional.empty(), Optional.empty(), grace(fields));
  }

  private static Optional<Least<Integer>> leastEvaluation(Fields fields) {
    var span = fields.spanOf(LEAST_EVALUATION);
    return fields
        .number(LEAST_EVALUATION, 0, MOST_EVALUATION)
        .map(number -> new Least<>(number, span));
  }

  private Optional<Least<LocalDate>> leastDate(Fields fields) {
    return fields
        .text(LEAST_DATE)
        .flatMap(text -> day(text, "`%s`".formatted(LEAST_DATE), problems))
        .map(day -> new Least<>(day, fields.spanOf(LEAST_DATE)));
  }

  /// Returns a day and reports any other text.
  static Optional<LocalDate> day(Text text, String name, Problems problems) {
    try {
      return Optional.of(LocalDate.parse(text.value()));
    } catch (DateTimeParseException e) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  text.span(),
                  "`%s` is not a day".formatted(text.quotable()))
              .labelled("%s is a day".formatted(name))
              .helped("write it as `2026-01-31`; it is a day in UTC"));
      return Optional.empty();
    }
  }

  private Duration grace(Fields fields) {
    var text = fields.text(GRACE);
    var grace = text.flatMap(t -> ValidityPeriod.parse(t, problems)).orElse(Duration.ZERO);
    if (grace.compareTo(PlatformTerms.MOST_GRACE) > 0) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  text.orElseThrow().span(),
                  "`%s` is at most %d days".formatted(GRACE, PlatformTerms.MOST_GRACE.toDays()))
              .helped("renew the documents: `testudo attest collateral fetch`"));
      return Duration.ZERO;
    }
    return grace;
  }
}
