package dev.testudo.shield.tls;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;

/// The peer's certificate does not satisfy the rule. The message says why in words.
final class PeerRefused extends CertificateException {
  private static final long serialVersionUID = 1;

  PeerRefused(String reason) {
    super(reason);
  }

  /// JSSE picks the alert by the reason inside such a cause, and has no other way to be told.
  PeerRefused(String reason, BasicReason alert) {
    super(reason, new CertPathValidatorException(reason, null, null, -1, alert));
  }
}
