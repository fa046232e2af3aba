package dev.testudo.trust.json;

import java.io.IOException;

/// A message is not what its format says. The text names the place and the rule and quotes no
/// value, because values may be secrets.
public final class MessageException extends IOException {
  private static final long serialVersionUID = 1;

  /// What is wrong, and where.
  public MessageException(String message) {
    super(message);
  }
}
