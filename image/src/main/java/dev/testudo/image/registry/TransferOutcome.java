package dev.testudo.image.registry;

/// How a blob came to where it is.
public enum TransferOutcome {
  /// It was sent.
  SENT,
  /// It was there already.
  PRESENT,
  /// The registry took it from another of its repositories.
  MOUNTED
}
