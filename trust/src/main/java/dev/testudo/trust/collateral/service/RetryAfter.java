package dev.testudo.trust.collateral.service;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// Reads the header `Retry-After` (RFC 9110, section 10.2.3).
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofDays(1);

  private RetryAfter() {}

  /// Returns how long to wait, at most a day; empty if the header says nothing that is understood.
  static Optional<Duration> parse(String value, Instant now) {
    if (value.matches("[0-9]{1,9}")) {
      return Optional.of(limited(Duration.ofSeconds(Long.parseLong(value))));
    }
    try {
      var at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      var left = Duration.between(now, at);
      return Optional.of(limited(left.isNegative() ? Duration.ZERO : left));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Duration limited(Duration time) {
    return time.compareTo(LONGEST) > 0 ? LONGEST : time;
  }
}
