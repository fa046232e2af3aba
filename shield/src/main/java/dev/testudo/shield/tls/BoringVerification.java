package dev.testudo.shield.tls;

import io.netty.internal.tcnative.CertificateVerifier;
import java.util.Optional;

/// The verdict on one peer's certificate, asked for by BoringSSL and remembered for the engine.
final class BoringVerification {
  private final Optional<PeerVerifier> verifier;
  private Optional<String> peerName = Optional.empty();
  private Optional<String> refusal = Optional.empty();

  /// Without a verifier everybody passes.
  BoringVerification(Optional<PeerVerifier> verifier) {
    this.verifier = verifier;
  }

  /// The name in the accepted certificate.
  Optional<String> peerName() {
    return peerName;
  }

  /// Whether the peer may be served: nobody asks who it is, or its certificate was accepted. Asked
  /// after the handshake, so that no path through the library goes without a verdict.
  boolean isSatisfied() {
    return verifier.isEmpty() || peerName.isPresent();
  }

  /// Why the certificate was refused, alert included.
  Optional<String> refusal() {
    return refusal;
  }

  /// Whether judging `chain` takes no time: nobody asks who it is, or it was accepted a moment ago.
  boolean isKnown(byte[][] chain) {
    return verifier.isEmpty() || verifier.get().knows(chain);
  }

  /// Judges `chain`, DER; an `X509_V_` code, by which BoringSSL picks the alert. Nothing is thrown
  /// through native code: what is unexpected is a refusal.
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
      // Any code that BoringSSL knows no particular alert for.
      case OTHER -> CertificateVerifier.X509_V_ERR_UNNESTED_RESOURCE;
    };
  }

  private static String alert(CertificateFault fault) {
    return switch (fault) {
      case UNKNOWN_AUTHORITY -> "unknown_ca";
      case EXPIRED -> "certificate_expired";
      case NOT_YET_VALID, WEAK -> "bad_certificate";
      case OTHER -> "certificate_unknown";
    };
  }
}
