package dev.testudo.cas.store.database;

/// The disk has no space for data that must be kept. The change was rolled back.
public final class DiskFullException extends StoreException {
  private static final long serialVersionUID = 1;

  /// Creates an exception with a message.
  public DiskFullException(String message) {
    super(message);
  }

  /// Creates an exception with a message and its cause.
  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
