package dev.testudo.cas.store.database;

/// The head of the audit log cannot be made durable outside the state. No answer may leave, because
/// restoring an older state would undo it unnoticed. What was committed stays committed.
public final class AnchorUnavailableException extends StoreException {
  private static final long serialVersionUID = 1;

  /// Creates an exception with a message and its cause.
  public AnchorUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
