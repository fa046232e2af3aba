package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which platforms a session accepts, and with which weaknesses.
///
/// @param tolerated the weaknesses that do not lead to refusal, each with its place
/// @param ignored the advisories that do not lead to refusal
/// @param platforms the ids of platforms, of which evidence must have one; see [PlatformId]. Empty
///     accepts any
/// @param leastEvaluation the least number of a TCB recovery event (`tcbEvaluationDataNumber`)
/// @param leastDate the least date of a TCB level
/// @param grace how long documents count after their end, at most [#MOST_GRACE]
public record PlatformTerms(
    Map<Tolerance, Span> tolerated,
    List<IgnoredAdvisory> ignored,
    List<Text> platforms,
    Optional<Least<Integer>> leastEvaluation,
    Optional<Least<LocalDate>> leastDate,
    Duration grace) {
  /// The longest grace.
  public static final Duration MOST_GRACE = Duration.ofDays(30);

  /// Any platform without a weakness.
  public static final PlatformTerms DEFAULT =
      new PlatformTerms(
          Map.of(), List.of(), List.of(), Optional.empty(), Optional.empty(), Duration.ZERO);

  /// Copies the collections.
  public PlatformTerms {
    var copy = new EnumMap<Tolerance, Span>(Tolerance.class);
    copy.putAll(tolerated);
    tolerated = Collections.unmodifiableMap(copy);
    ignored = List.copyOf(ignored);
    platforms = List.copyOf(platforms);
  }

  /// A minimum and the place where it is written.
  public record Least<T>(T value, Span span) {}

  /// Returns true if a weakness does not lead to refusal.
  public boolean tolerates(Tolerance weakness) {
    return tolerated.containsKey(weakness);
  }
}
