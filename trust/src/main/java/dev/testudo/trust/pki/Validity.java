package dev.testudo.trust.pki;

import java.time.Duration;
import java.time.Instant;

/// From when to when a certificate is valid, both ends included, in whole seconds.
public record Validity(Instant notBefore, Instant notAfter) {
  /// The end that RFC 5280 §4.1.2.5 gives to certificates without one.
  public static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  /// How far back a certificate made now starts, for peers whose clock is behind.
  public static final Duration BACKDATED = Duration.ofMinutes(5);

  /// Checks the order.
  public Validity {
    if (notAfter.isBefore(notBefore)) {
      throw new IllegalArgumentException("ends before it starts");
    }
  }

  /// Without end.
  public static Validity since(Instant now) {
    return new Validity(now.minus(BACKDATED), NO_END);
  }

  /// Valid for `time` from `now` on.
  public static Validity lasting(Duration time, Instant now) {
    return new Validity(now.minus(BACKDATED), now.plus(time));
  }

  /// This validity, ending no later than `end`.
  public Validity until(Instant end) {
    return end.isBefore(notAfter) ? new Validity(notBefore, end) : this;
  }
}
