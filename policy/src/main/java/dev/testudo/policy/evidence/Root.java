package dev.testudo.policy.evidence;

/// Whose signature evidence rests on.
public enum Root {
  /// Nobody's.
  NONE("none"),
  /// A root that is configured for tests. Whoever has its key can forge evidence, so it is never
  /// shown as hardware attested.
  TEST("test"),
  /// The manufacturer of the processor.
  VENDOR("vendor");

  private final String text;

  Root(String text) {
    this.text = text;
  }

  /// Returns the word for it in claims (`docs/formats/claims.md`).
  @Override
  public String toString() {
    return text;
  }
}
