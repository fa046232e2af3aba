package dev.testudo.shield.tls;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;

/// Thrown when the peer's certificate does not satisfy the rule. The message gives the reason.
final class PeerRefused extends CertificateException {
  private static final long serialVersionUID = 1;

  private final CertificateFault fault;

  PeerRefused(String reason) {
    this(reason, CertificateFault.OTHER);
  }

  PeerRefused(String reason, CertificateFault fault) {
    super(reason);
    this.fault = fault;
    // JSSE derives the alert from the reason in such a cause. There is no other way to set it.
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
      case UNKNOWN_AUTHORITY, WRONG_NAME, WRONG_USE, FORBIDDEN_NAME, TOO_MANY_AUTHORITIES, OTHER ->
          BasicReason.UNSPECIFIED;
    };
  }
}
