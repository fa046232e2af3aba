package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.RevocationList;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Set;

/// A revocation list of a root of AMD whose signature is good (RFC 5280, section 5; AMD 57230,
/// section 4.3). It has the serial numbers of ASKs and ASVKs; VCEKs and VLEKs are not on it.
record AmdCrl(Instant thisUpdate, Instant nextUpdate, Set<BigInteger> revoked) {
  private static final int CRL_SIGN = 6;

  /// Copies the set.
  AmdCrl {
    revoked = Set.copyOf(revoked);
  }

  /// Verifies a list in DER, in PEM or in hexadecimal digits.
  ///
  /// @throws EvidenceException if it is not one of `root`
  static AmdCrl verify(Document document, AmdCertificate root) throws EvidenceException {
    var name = document.id().toString();
    var parsed = parse(document, name);
    var list = parsed.x509();
    if (!list.getIssuerX500Principal().equals(root.subject())) {
      throw wrong("%s is not a list of %s".formatted(name, root.subject()));
    }
    var usage = root.x509().getKeyUsage();
    if (usage == null || usage.length <= CRL_SIGN || !usage[CRL_SIGN]) {
      throw wrong("%s may not sign revocation lists".formatted(root.subject()));
    }
    try {
      PssSignature.verify(list, root.x509().getPublicKey(), name);
    } catch (EvidenceException e) {
      throw wrong(e.reason());
    }
    return new AmdCrl(parsed.thisUpdate(), parsed.nextUpdate(), parsed.revoked());
  }

  private static RevocationList parse(Document document, String name) throws EvidenceException {
    try {
      return RevocationList.read(document.body().toBytes());
    } catch (PkiException e) {
      throw wrong("the document %s: %s".formatted(name, e.getMessage()));
    }
  }

  private static EvidenceException wrong(String reason) {
    return new EvidenceException(RejectionId.COLLATERAL_WRONG, reason);
  }
}
