package dev.testudo.cas.issue;

import dev.testudo.trust.pki.Validity;
import java.time.Instant;
import java.util.Optional;

/// The lifetimes of the values that CAS makes anew when they are about to end, as far as they were
/// used within one transaction.
public final class Lifetimes {
  private Optional<Span> shortest = Optional.empty();

  Lifetimes() {}

  /// The rest of a value's life.
  ///
  /// @param due when CAS makes a new one
  /// @param end when it is not valid any more
  public record Span(Instant due, Instant end) {
    private Span and(Span other) {
      return new Span(earlier(due, other.due), earlier(end, other.end));
    }

    private static Instant earlier(Instant one, Instant other) {
      return one.isBefore(other) ? one : other;
    }
  }

  /// Notes that a value is used.
  void note(Span span) {
    if (span.end().isBefore(Validity.NO_END)) {
      shortest = Optional.of(shortest.map(span::and).orElse(span));
    }
  }

  /// Returns when the first value is due and when the first one ends. Empty if none ends.
  public Optional<Span> shortest() {
    return shortest;
  }
}
