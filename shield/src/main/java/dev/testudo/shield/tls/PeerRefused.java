package dev.testudo.shield.tls;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;

/// The peer's certificate does not satisfy the rule. The message says why in words.
final class PeerRefused extends CertificateException {
  private static final long serialVersionUID = 1;

  private final CertificateFault fault;

  PeerRefused(String reason) {
    this(reason, CertificateFault.OTHER);
  }

  PeerRefused(String reason, CertificateFault fault) {
    super(reason);
    this.fault = fault;
    // JSSE picks the alert by the reason inside such a cause, and has no other way to be told.
    var basic = basicReason(fault);
    if (basic != BasicReason.UNSPECIFIED) {
      initCause(new CertPathValidatorException(reason, null, null, -1, basic));
    }
  }

  CertificateFault fault() {
    return fault;
  }

  private static BasicReason basicReason(CertificateFault fault) {
    return switch (fault) {
      case EXPIRED -> BasicReason.EXPIRED;
      case NOT_YET_VALID -> BasicReason.NOT_YET_VALID;
      case WEAK -> BasicReason.ALGORITHM_CONSTRAINED;
      case UNKNOWN_AUTHORITY, OTHER -> BasicReason.UNSPECIFIED;
    };
  }
}
