package dev.testudo.cas;

import java.io.IOException;

/// CAS does not start, because it is not settled whose it is.
final class OwnersException extends IOException {
  private static final long serialVersionUID = 1;
  private final Reason reason;

  /// What is not settled.
  enum Reason {
    /// It has no owner, and nobody said that it shall have none.
    NONE,
    /// It has other owners than those it is started with.
    OTHERS
  }

  OwnersException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
