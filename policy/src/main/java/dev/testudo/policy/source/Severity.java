package dev.testudo.policy.source;

/// Whether something can be used in spite of what was found.
public enum Severity {
  /// It cannot be used.
  ERROR,
  /// It can be used, but probably does not do what was meant, or is weaker than it looks.
  WARNING
}
