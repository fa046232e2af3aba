package dev.testudo.trust.channel;

import java.io.IOException;

/// CAS did not give this program its configuration. The message says what was expected, what was
/// seen and which line of the policy decided; it came through the channel whose key was pinned.
public final class AttestationException extends IOException {
  private static final long serialVersionUID = 1;

  /// The refusal in words.
  public AttestationException(String reason) {
    super(reason);
  }
}
