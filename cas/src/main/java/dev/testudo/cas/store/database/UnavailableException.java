package dev.testudo.cas.store.database;

import org.jspecify.annotations.Nullable;

/// The database cannot be reached. Nothing was changed, unless it was lost during a commit.
public final class UnavailableException extends StoreException {
  private static final long serialVersionUID = 1;

  /// Creates an exception with a message and its cause.
  public UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
