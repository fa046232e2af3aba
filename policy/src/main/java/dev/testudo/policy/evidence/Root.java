package dev.testudo.policy.evidence;

/// Whose signature evidence rests on.
public enum Root {
  /// Nobody's.
  NONE,
  /// A root that is configured for tests. Whoever has its key can forge evidence, so it is never
  /// shown as hardware attested.
  TEST,
  /// The manufacturer of the processor.
  VENDOR
}
