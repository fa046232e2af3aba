package dev.testudo.cas.store.database;

/// The transaction conflicted with a concurrent one and was rolled back. Running
/// it again may succeed.
public final class ConflictException extends StoreException {
  private static final long serialVersionUID = 1;

  /// Creates an exception for a conflict, as the database reported it.
  public ConflictException(Throwable cause) {
    super("the transaction conflicts with concurrent ones", cause);
  }
}
