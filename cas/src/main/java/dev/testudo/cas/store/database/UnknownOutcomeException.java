package dev.testudo.cas.store.database;

/// The connection was lost during a commit, so the transaction may have been committed or not.
public final class UnknownOutcomeException extends StoreException {
  private static final long serialVersionUID = 1;

  /// Creates an exception with its cause.
  public UnknownOutcomeException(Throwable cause) {
    super("the connection to the database was lost during a commit", cause);
  }
}
