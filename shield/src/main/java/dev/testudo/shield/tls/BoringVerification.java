package dev.testudo.shield.tls;

import io.netty.internal.tcnative.CertificateVerifier;
import java.util.Optional;

/// The verification of one peer's certificate, requested by BoringSSL, with its result for
/// the engine.
final class BoringVerification {
  private final Optional<PeerVerifier> verifier;
  private Optional<String> peerName = Optional.empty();
  private Optional<String> refusal = Optional.empty();

  /// Creates a verification. Without a verifier any peer passes.
  BoringVerification(Optional<PeerVerifier> verifier) {
    this.verifier = verifier;
  }

  /// Returns the name in the accepted certificate.
  Optional<String> peerName() {
    return peerName;
  }

  /// Returns whether the peer may be served: no verification is required, or its
  /// certificate was accepted. Checked after the handshake, so that no path through the
  /// library avoids verification.
  boolean isSatisfied() {
    return verifier.isEmpty() || peerName.isPresent();
  }

  /// Returns why the certificate was refused, with the alert.
  Optional<String> refusal() {
    return refusal;
  }

  /// Returns whether verifying `chain` takes no time: none is required, or the chain was
  /// accepted recently.
  boolean isKnown(byte[][] chain) {
    return verifier.isEmpty() || verifier.get().knows(chain);
  }

  /// Verifies `chain`, in DER. Returns an `X509_V_` code, from which BoringSSL chooses the alert.
  /// Exceptions must not pass through native code, so an unexpected one is a refusal.
  int judge(byte[][] chain) {
    if (verifier.isEmpty()) {
      return CertificateVerifier.X509_V_OK;
    }
    try {
      peerName = Optional.of(verifier.get().judge(chain));
      return CertificateVerifier.X509_V_OK;
    } catch (PeerRefused e) {
      return refuse(String.valueOf(e.getMessage()), e.fault());
    } catch (RuntimeException e) {
      return refuse("peer certificate cannot be read: " + e.getMessage(), CertificateFault.OTHER);
    }
  }

  private int refuse(String reason, CertificateFault fault) {
    refusal = Optional.of(Alerts.withAlert(reason, alert(fault)));
    return code(fault);
  }

  private static int code(CertificateFault fault) {
    return switch (fault) {
      case UNKNOWN_AUTHORITY -> CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
      case EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
      case NOT_YET_VALID, WEAK -> CertificateVerifier.X509_V_ERR_CERT_NOT_YET_VALID;
      // Any code without a specific alert in BoringSSL.
      case WRONG_NAME, WRONG_USE, FORBIDDEN_NAME, TOO_MANY_AUTHORITIES, OTHER ->
          CertificateVerifier.X509_V_ERR_UNNESTED_RESOURCE;
    };
  }

  private static String alert(CertificateFault fault) {
    return switch (fault) {
      case UNKNOWN_AUTHORITY -> "unknown_ca";
      case EXPIRED -> "certificate_expired";
      case NOT_YET_VALID, WEAK -> "bad_certificate";
      case WRONG_NAME, WRONG_USE, FORBIDDEN_NAME, TOO_MANY_AUTHORITIES, OTHER ->
          "certificate_unknown";
    };
  }
}
