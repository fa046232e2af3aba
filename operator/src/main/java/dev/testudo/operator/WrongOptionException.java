package dev.testudo.operator;

/// The arguments of the command are wrong.
final class WrongOptionException extends Exception {
  private static final long serialVersionUID = 1;

  /// @param message what is wrong
  WrongOptionException(String message) {
    super(message);
  }
}
