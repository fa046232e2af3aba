package dev.testudo.operator.policy;

/// An object of Kubernetes does not contain what it should.
final class UnreadablePolicyException extends Exception {
  private static final long serialVersionUID = 1;

  /// @param message what is wrong, with the field
  UnreadablePolicyException(String message) {
    super(message);
  }

  /// Returns what is wrong.
  String problem() {
    return String.valueOf(getMessage());
  }
}
