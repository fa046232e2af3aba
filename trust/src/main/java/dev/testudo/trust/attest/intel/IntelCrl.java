package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.EcdsaKey;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.RevocationList;
import java.math.BigInteger;
import java.security.SignatureException;
import java.security.cert.CRLException;
import java.util.Set;

/// A revocation list whose signature is verified (RFC 5280, section 5).
///
/// @param issuer its issuer in DER
/// @param revoked serial numbers
record IntelCrl(Octets issuer, Period period, Set<BigInteger> revoked) {
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";

  /// Copies the set.
  IntelCrl {
    revoked = Set.copyOf(revoked);
  }

  /// Verifies a list in DER, in PEM, or in hexadecimal digits, as services deliver it.
  ///
  /// @param issuer the subject that must have issued it, in DER
  static IntelCrl verify(Document document, Octets issuer, EcdsaKey key) throws EvidenceException {
    var crl = verify(document, key);
    if (!crl.issuer.equals(issuer)) {
      throw wrong(document, "it is by another issuer");
    }
    return crl;
  }

  /// Verifies a list of whose issuer only the key is known.
  static IntelCrl verify(Document document, EcdsaKey key) throws EvidenceException {
    try {
      var list = RevocationList.read(document.body().toBytes());
      var x509 = list.x509();
      if (!x509.getSigAlgOID().equals(ECDSA_WITH_SHA256)) {
        throw wrong(document, "it is not signed with ECDSA and SHA-256");
      }
      key.verifyDer(x509.getTBSCertList(), x509.getSignature());
      return new IntelCrl(
          Octets.of(x509.getIssuerX500Principal().getEncoded()),
          new Period(list.thisUpdate(), list.nextUpdate()),
          list.revoked());
    } catch (PkiException | CRLException | SignatureException e) {
      throw wrong(document, String.valueOf(e.getMessage()));
    }
  }

  /// Checks that a certificate is not on the list, which must be by the issuer of the certificate.
  void check(IntelCertificate certificate) throws EvidenceException {
    if (!certificate.issuer().equals(issuer)) {
      throw new EvidenceException(
          RejectionId.COLLATERAL_WRONG,
          "the revocation list is not by the issuer of `%s`".formatted(certificate.commonName()));
    }
    if (revoked.contains(certificate.serial())) {
      throw new EvidenceException(
          RejectionId.REVOKED_CERTIFICATE,
          "the certificate `%s` with the serial number %x is revoked"
              .formatted(certificate.commonName(), certificate.serial()));
    }
  }

  private static EvidenceException wrong(Document document, String reason) {
    return new EvidenceException(
        RejectionId.COLLATERAL_WRONG, "the document %s: %s".formatted(document.id(), reason));
  }
}
