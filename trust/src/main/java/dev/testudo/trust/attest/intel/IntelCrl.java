package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.EcdsaKey;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SignatureException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.util.HashSet;
import java.util.Set;

/// A revocation list whose signature is verified (RFC 5280, section 5).
///
/// @param issuer its issuer in DER
/// @param revoked serial numbers
record IntelCrl(Octets issuer, Period period, Set<BigInteger> revoked) {
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final String LABEL = "X509 CRL";

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
      var list = parse(der(document.body()));
      var crl = check(list);
      key.verifyDer(list.getTBSCertList(), list.getSignature());
      return crl;
    } catch (IOException | CRLException | SignatureException e) {
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

  private static Octets der(Octets body) throws IOException {
    if (body.length() > 0 && body.u8(0) == DerReader.SEQUENCE && !isHex(body)) {
      return body;
    }
    var text = new String(body.toBytes(), StandardCharsets.ISO_8859_1).strip();
    try {
      if (!text.startsWith("-----BEGIN")) {
        return Octets.ofHex(text);
      }
      var blocks = Pem.read(text);
      if (blocks.size() != 1 || !blocks.getFirst().label().equals(LABEL)) {
        throw new IOException("it is not one block `%s`".formatted(LABEL));
      }
      return Octets.of(blocks.getFirst().der());
    } catch (PkiException | IllegalArgumentException e) {
      throw new IOException("it is neither DER, PEM nor hexadecimal text", e);
    }
  }

  /// Returns whether the first bytes are digits. `0` has the code 0x30, as a SEQUENCE in DER has.
  private static boolean isHex(Octets body) {
    return body.length() > 1 && Character.digit(body.u8(1), 16) >= 0;
  }

  private static X509CRL parse(Octets der) throws IOException, CRLException {
    if (der.length() == 0 || der.u8(0) != DerReader.SEQUENCE) {
      throw new IOException("it is not DER");
    }
    var in = new ByteArrayInputStream(der.toBytes());
    try {
      var list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
      if (in.available() > 0) {
        throw new IOException("other bytes follow it");
      }
      return list;
    } catch (CertificateException e) {
      throw new AssertionError(e);
    } catch (CRLException | RuntimeException e) { // the JDK's parser promises nothing about damage
      throw new IOException("it is damaged", e);
    }
  }

  private static IntelCrl check(X509CRL list) throws IOException {
    if (!list.getSigAlgOID().equals(ECDSA_WITH_SHA256)) {
      throw new IOException("it is not signed with ECDSA and SHA-256");
    }
    var critical = list.getCriticalExtensionOIDs();
    if (critical != null && !critical.isEmpty()) {
      throw new IOException("it has a critical extension, so that it is not a complete list");
    }
    if (list.getThisUpdate() == null || list.getNextUpdate() == null) {
      throw new IOException("it does not say when the next one comes");
    }
    var revoked = new HashSet<BigInteger>();
    Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
    if (entries != null) {
      for (var entry : entries) {
        if (entry.hasUnsupportedCriticalExtension()) {
          throw new IOException("an entry has a critical extension");
        }
        revoked.add(entry.getSerialNumber());
      }
    }
    return new IntelCrl(
        Octets.of(list.getIssuerX500Principal().getEncoded()),
        new Period(list.getThisUpdate().toInstant(), list.getNextUpdate().toInstant()),
        revoked);
  }

  private static EvidenceException wrong(Document document, String reason) {
    return new EvidenceException(
        RejectionId.COLLATERAL_WRONG, "the document %s: %s".formatted(document.id(), reason));
  }
}
