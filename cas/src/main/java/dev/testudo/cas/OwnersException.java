package dev.testudo.cas;

import java.io.IOException;

/// CAS cannot start because the options and its state do not determine its owners.
final class OwnersException extends IOException {
  private static final long serialVersionUID = 1;
  private final Reason reason;

  /// What is wrong with the owners.
  enum Reason {
    /// CAS has no owner, and the options do not let everybody create top-level sessions.
    NONE,
    /// CAS has other owners than those given in the options.
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
