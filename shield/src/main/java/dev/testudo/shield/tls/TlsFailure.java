package dev.testudo.shield.tls;

/// Thrown when a TLS connection cannot continue. The message is one clause for people, which ends
/// with the alert's name: `peer sent no certificate (alert certificate_required)`.
public final class TlsFailure extends Exception {
  private static final long serialVersionUID = 1;

  /// Creates a failure. `reason` is one clause in lower case.
  public TlsFailure(String reason) {
    super(reason);
  }

  /// Creates a failure. `reason` is one clause in lower case; `cause` is what the engine threw.
  public TlsFailure(String reason, Throwable cause) {
    super(reason, cause);
  }

  /// Returns what happened.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
