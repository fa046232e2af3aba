package dev.testudo.shield.programs;

/// How the programs of a story are treated. Every story runs once with each treatment, and must end
/// the same.
enum Treatment {
  /// No filter and no supervisor, for comparison.
  NO_SHIELD,
  /// Every program under a shield of its own that allows everything.
  UNPROTECTED,
  /// Every program under a shield of its own, with only TLS between them.
  PROTECTED
}
