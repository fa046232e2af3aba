package dev.testudo.cas.store.database;

import java.io.IOException;

/// The state directory cannot be used or its content is not what was put there.
public sealed class StoreException extends IOException
    permits ConflictException, DiskFullException {
  private static final long serialVersionUID = 1;

  /// What was being done, and what failed.
  public StoreException(String message) {
    super(message);
  }

  /// As above, with the cause.
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
