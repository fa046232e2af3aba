package dev.testudo.trust.pki;

import java.time.Duration;
import java.time.Instant;

/// The validity of a certificate: from `notBefore` to `notAfter`, both inclusive, in whole seconds.
public record Validity(Instant notBefore, Instant notAfter) {
  /// The end date for certificates without a well-defined expiration (RFC 5280 §4.1.2.5).
  public static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  /// How far the start of a new certificate lies in the past, for peers with slow clocks.
  public static final Duration BACKDATED = Duration.ofMinutes(5);

  /// Checks the order.
  public Validity {
    if (notAfter.isBefore(notBefore)) {
      throw new IllegalArgumentException("ends before it starts");
    }
  }

  /// Returns a validity without end.
  public static Validity since(Instant now) {
    return new Validity(now.minus(BACKDATED), NO_END);
  }

  /// Returns a validity of `time` from `now` on.
  public static Validity lasting(Duration time, Instant now) {
    return new Validity(now.minus(BACKDATED), now.plus(time));
  }

  /// Returns this validity, ending no later than `end`.
  public Validity until(Instant end) {
    return end.isBefore(notAfter) ? new Validity(notBefore, end) : this;
  }
}
