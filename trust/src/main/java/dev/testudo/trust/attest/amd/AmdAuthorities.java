package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.HardwareRoots.AmdRoot;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/// The two authorities above the signing keys of a generation, of which the root is pinned. Their
/// signatures are not verified yet: a stranger who sends a chain under another root must not make
/// anybody verify one.
///
/// @param generation whose names they have
/// @param intermediate the ASK or ASVK
/// @param root the ARK
/// @param pinned the pin of the ARK
record AmdAuthorities(
    SnpGeneration generation, AmdCertificate intermediate, AmdCertificate root, AmdRoot pinned) {

  /// Finds the authorities of a generation.
  ///
  /// @param certificates ASK or ASVK, and ARK, in DER and in any order
  /// @throws EvidenceException if one is absent or no authority, or the root is not pinned for the
  ///     generation
  static AmdAuthorities of(
      List<Octets> certificates, SnpGeneration generation, SnpKey kind, HardwareRoots roots)
      throws EvidenceException {
    var intermediate = find(certificates, AmdNames.intermediate(generation, kind));
    var root = find(certificates, AmdNames.root(generation));
    var hash = Octets.of(Measurement.sha256().digest(root.der().toBytes()));
    var pinned =
        roots
            .amd(hash)
            .filter(pin -> pin.product().equals(generation.product()))
            .orElseThrow(
                () ->
                    untrusted(
                        "the root of the chain (SHA-256 %s) is not the pinned root of %s"
                            .formatted(hash.hex(), generation)));
    return new AmdAuthorities(generation, intermediate, root, pinned);
  }

  /// Returns the first certificate of a name.
  private static AmdCertificate find(List<Octets> certificates, X500Principal name)
      throws EvidenceException {
    for (var der : certificates) {
      var certificate = AmdCertificate.parse(der);
      if (certificate.subject().equals(name)) {
        if (!certificate.isAuthority()) {
          throw untrusted("the certificate %s may not sign others".formatted(name));
        }
        return certificate;
      }
    }
    throw untrusted("there is no certificate %s".formatted(name));
  }

  /// Verifies that the root signed the certificate between. That the root signed itself does not
  /// matter, because it is pinned.
  void verify(SnpKey kind) throws EvidenceException {
    if (!intermediate.issuer().equals(root.subject())) {
      throw untrusted("the root did not issue the certificate between");
    }
    intermediate.checkExtensions();
    root.checkExtensions();
    PssSignature.verify(
        intermediate.x509(), root.x509().getPublicKey(), AmdNames.intermediateText(kind));
  }

  private static EvidenceException untrusted(String reason) {
    return new EvidenceException(RejectionId.UNTRUSTED_CHAIN, reason);
  }
}
