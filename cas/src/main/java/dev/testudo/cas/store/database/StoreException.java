package dev.testudo.cas.store.database;

import java.io.IOException;

/// The state directory cannot be used, or its content is not what CAS stored there.
public sealed class StoreException extends IOException
    permits ConflictException, DiskFullException {
  private static final long serialVersionUID = 1;

  /// Creates an exception that says what was being done and what failed.
  public StoreException(String message) {
    super(message);
  }

  /// Creates an exception that says what was being done and what failed, with its cause.
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
