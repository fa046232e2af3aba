package dev.testudo.operator.install;

/// A `Cas` cannot be installed as it is.
final class InvalidCasException extends Exception {
  private static final long serialVersionUID = 1;

  /// @param message what is wrong, with the field
  InvalidCasException(String message) {
    super(message);
  }
}
