package dev.testudo.shield.tls;

/// A TLS connection cannot go on. The message is one clause for a person, ending in the alert's
/// name: `peer sent no certificate (alert certificate_required)`.
public final class TlsFailure extends Exception {
  private static final long serialVersionUID = 1;

  /// `reason`: one clause, lower case.
  public TlsFailure(String reason) {
    super(reason);
  }

  /// `reason`: one clause, lower case; `cause` is what the engine threw.
  public TlsFailure(String reason, Throwable cause) {
    super(reason, cause);
  }

  /// What happened, in words.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
