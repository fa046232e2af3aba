package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.PkiException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.security.auth.x500.X500Principal;

/// A certificate that is parsed, and not verified.
record AmdCertificate(Octets der, X509Certificate x509) {
  private static final int KEY_CERT_SIGN = 5;

  /// Parses a certificate in DER.
  ///
  /// @throws EvidenceException if it is something else
  static AmdCertificate parse(Octets der) throws EvidenceException {
    try {
      return new AmdCertificate(der, Certificates.fromDer(der.toBytes()));
    } catch (PkiException | RuntimeException e) { // the JDK's parser lets some faults through
      throw new EvidenceException(
          RejectionId.UNTRUSTED_CHAIN, "a certificate of the report's chain is damaged");
    }
  }

  /// Returns whether it may sign certificates.
  boolean isAuthority() {
    var usage = x509.getKeyUsage();
    return Certificates.isAuthority(x509) && usage != null && usage[KEY_CERT_SIGN];
  }

  /// Checks that it has no critical extension that is not known here (RFC 5280, section 4.2).
  void checkExtensions() throws EvidenceException {
    if (x509.hasUnsupportedCriticalExtension()) {
      throw new EvidenceException(
          RejectionId.UNTRUSTED_CHAIN,
          "a certificate of the report's chain has a critical extension that is not known here");
    }
  }

  X500Principal subject() {
    return x509.getSubjectX500Principal();
  }

  X500Principal issuer() {
    return x509.getIssuerX500Principal();
  }

  Instant notBefore() {
    return x509.getNotBefore().toInstant();
  }

  Instant notAfter() {
    return x509.getNotAfter().toInstant();
  }
}
