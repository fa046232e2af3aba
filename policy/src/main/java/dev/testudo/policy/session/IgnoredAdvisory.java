package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/// An advisory that a policy ignores (`ignore_advisories`).
///
/// @param id such as `INTEL-SA-00161`; `*` stands for all
/// @param reason why, for those who read the policy
/// @param until the last day (UTC) on which it is ignored; without one, always
public record IgnoredAdvisory(
    String id, Optional<String> reason, Optional<LocalDate> until, Span span) {
  /// The id that stands for all advisories.
  public static final String ALL = "*";

  /// Returns true if it concerns the advisory with the given id.
  public boolean concerns(String advisory) {
    return id.equals(ALL) || id.equals(advisory);
  }

  /// Returns true if it counts at `now`.
  public boolean countsAt(Instant now) {
    return end().filter(end -> !now.isBefore(end)).isEmpty();
  }

  /// Returns the first instant at which it counts no more, if it ends.
  public Optional<Instant> end() {
    return until.map(day -> day.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
  }
}
