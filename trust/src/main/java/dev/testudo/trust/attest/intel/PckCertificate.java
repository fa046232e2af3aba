package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.DocumentId.PckCa;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A PCK certificate whose chain leads to a pinned key, and what it says about its platform.
record PckCertificate(IntelChain chain, PckExtension extension) {

  /// Reads the certificates of a chain in PEM. Nothing about them is verified.
  static List<Octets> read(Octets pem) throws EvidenceException {
    return IntelChain.read(pem, IntelChain.Kind.PCK_CHAIN, RejectionId.UNTRUSTED_CHAIN);
  }

  /// Verifies the signatures of a chain.
  ///
  /// @param certificates in DER and in any order
  static PckCertificate verify(List<Octets> certificates, HardwareRoots roots)
      throws EvidenceException {
    var chain =
        IntelChain.verify(
            certificates, IntelChain.Kind.PCK_CHAIN, roots, RejectionId.UNTRUSTED_CHAIN);
    return new PckCertificate(chain, PckExtension.parse(extension(chain.leaf())));
  }

  private static Octets extension(IntelCertificate leaf) throws EvidenceException {
    Optional<Octets> value;
    try {
      value = leaf.extension(PckExtension.OID);
    } catch (IOException e) {
      value = Optional.empty();
    }
    return value.orElseThrow(
        () -> QuoteReader.malformed("the PCK certificate does not describe its platform"));
  }

  /// Returns the certificate of the authority that issued it.
  IntelCertificate issuer() {
    return chain.certificates().get(1);
  }

  /// Returns the authority that issued it.
  PckCa ca() {
    return ca(issuer());
  }

  /// Returns the authority that has a certificate.
  static PckCa ca(IntelCertificate certificate) {
    return certificate.commonName().equals(IntelChain.PLATFORM_CA)
        ? PckCa.PLATFORM
        : PckCa.PROCESSOR;
  }
}
