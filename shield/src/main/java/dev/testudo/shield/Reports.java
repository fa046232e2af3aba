package dev.testudo.shield;

/// Where a shield reports what happens.
///
/// @param events receives every event
/// @param shortages receives reports of missing descriptors, and passes on a few of them
public record Reports(ShieldEvents events, Shortages shortages) {
  /// Reports everything to `events`.
  public Reports(ShieldEvents events) {
    this(events, new Shortages(events));
  }
}
