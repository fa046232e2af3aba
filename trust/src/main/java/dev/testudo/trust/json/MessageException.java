package dev.testudo.trust.json;

import java.io.IOException;

/// A message does not follow its format. The text names the place and the rule but quotes no value,
/// because values may be secret.
public final class MessageException extends IOException {
  private static final long serialVersionUID = 1;

  /// Creates an exception that says what is wrong, and where.
  public MessageException(String message) {
    super(message);
  }
}
