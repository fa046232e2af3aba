package dev.testudo.shield.programs;

/// How the programs of a story are treated. Every story is told once each way, and must end alike.
enum Treatment {
  /// No filter, no supervisor: what the story is compared with.
  NO_SHIELD,
  /// Every program under a shield of its own that lets everything pass.
  UNPROTECTED,
  /// Every program under a shield of its own, and only TLS between them.
  PROTECTED
}
