package dev.testudo.cas.store.database;

/// There is no space for what has to be kept. Nothing of the change remains.
public final class DiskFullException extends StoreException {
  private static final long serialVersionUID = 1;

  /// Space is lacking, as `message` says.
  public DiskFullException(String message) {
    super(message);
  }

  /// The same with the failure that showed it.
  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
