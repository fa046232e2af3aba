package dev.testudo.policy.source;

/// Tells whether a text can still be used after a diagnostic.
public enum Severity {
  /// The text cannot be used.
  ERROR,
  /// The text can be used, but it probably does not do what was meant, or is weaker than it looks.
  WARNING
}
