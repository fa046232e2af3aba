package dev.testudo.cas.store;

/// There is no space for what has to be kept. Nothing of the change remains.
public final class DiskFullException extends StoreException {
  private static final long serialVersionUID = 1;

  DiskFullException(String message) {
    super(message);
  }

  DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
