package dev.testudo.policy.session;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Parses a period of validity: `90 days`, `59d`, `1 year`, `1 year 2 days`. A month has 30
/// days and a year 365.
public final class ValidityPeriod {
  private static final Pattern PART =
      Pattern.compile("\\G\\s*(?<count>[0-9]{1,6})\\s*(?<unit>[a-z]+)");
  private static final Duration LONGEST = Duration.ofDays(365L * 100);

  private ValidityPeriod() {}

  public static Optional<Duration> parse(Text text, Problems problems) {
    var duration = parse(text.value());
    if (duration.isEmpty()) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  text.span(),
                  "`%s` is not a period of validity".formatted(text.quotable()))
              .helped("write `90 days`, `12h` or `1 year`; at most 100 years"));
    }
    return duration;
  }

  /// Returns the period, or empty if `text` is not a period or exceeds 100 years.
  public static Optional<Duration> parse(String text) {
    var part = PART.matcher(text);
    var sum = Duration.ZERO;
    var end = 0;
    while (part.find()) {
      var unit = unit(part.group("unit"));
      if (unit.isEmpty()) {
        return Optional.empty();
      }
      sum = sum.plus(unit.get().multipliedBy(Long.parseLong(part.group("count"))));
      end = part.end();
    }
    return text.substring(end).isBlank() && sum.isPositive() && sum.compareTo(LONGEST) <= 0
        ? Optional.of(sum)
        : Optional.empty();
  }

  private static Optional<Duration> unit(String unit) {
    return switch (unit) {
      case "s", "sec", "second", "seconds" -> Optional.of(Duration.ofSeconds(1));
      case "m", "min", "minute", "minutes" -> Optional.of(Duration.ofMinutes(1));
      case "h", "hour", "hours" -> Optional.of(Duration.ofHours(1));
      case "d", "day", "days" -> Optional.of(Duration.ofDays(1));
      case "w", "week", "weeks" -> Optional.of(Duration.ofDays(7));
      case "month", "months" -> Optional.of(Duration.ofDays(30));
      case "y", "year", "years" -> Optional.of(Duration.ofDays(365));
      default -> Optional.empty();
    };
  }
}
