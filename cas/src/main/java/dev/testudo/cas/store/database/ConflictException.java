package dev.testudo.cas.store.database;

/// Another transaction ran at the same time and came first. Nothing of this one remains; running it
/// again may succeed.
public final class ConflictException extends StoreException {
  private static final long serialVersionUID = 1;

  /// The transaction conflicted, as `cause` says.
  public ConflictException(Throwable cause) {
    super("the database is changed by others all the time", cause);
  }
}
