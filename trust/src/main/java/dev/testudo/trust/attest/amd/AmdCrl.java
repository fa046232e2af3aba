package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A revocation list of a root of AMD whose signature is good (RFC 5280, section 5; AMD 57230,
/// section 4.3). It has the serial numbers of ASKs and ASVKs; VCEKs and VLEKs are not on it.
record AmdCrl(Instant thisUpdate, Instant nextUpdate, Set<BigInteger> revoked) {
  private static final int CRL_SIGN = 6;

  /// Copies the set.
  AmdCrl {
    revoked = Set.copyOf(revoked);
  }

  /// Verifies a list in DER or PEM.
  ///
  /// @throws EvidenceException if it is not one of `root`
  static AmdCrl verify(Document document, AmdCertificate root) throws EvidenceException {
    var name = document.id().toString();
    var list = parse(document, name);
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
    if (list.getNextUpdate() == null) {
      throw wrong("%s does not say until when it is valid".formatted(name));
    }
    return new AmdCrl(
        list.getThisUpdate().toInstant(), list.getNextUpdate().toInstant(), serials(list, name));
  }

  private static X509CRL parse(Document document, String name) throws EvidenceException {
    try {
      var in = new ByteArrayInputStream(document.body().toBytes());
      var parsed = CertificateFactory.getInstance("X.509").generateCRL(in);
      if (parsed instanceof X509CRL list && in.available() == 0) {
        return list;
      }
      throw wrong("%s is followed by other bytes".formatted(name));
    } catch (CRLException | CertificateException | RuntimeException e) {
      throw wrong("%s is damaged, or no revocation list".formatted(name));
    }
  }

  /// A critical extension can make a list partial or indirect, so a list with any is refused.
  private static Set<BigInteger> serials(X509CRL list, String name) throws EvidenceException {
    var entries = list.getRevokedCertificates();
    Stream<? extends X509CRLEntry> all = entries == null ? Stream.empty() : entries.stream();
    var critical = list.getCriticalExtensionOIDs();
    if (critical != null && !critical.isEmpty()) {
      throw wrong("%s has critical extensions that are not known here".formatted(name));
    }
    return all.map(X509CRLEntry::getSerialNumber).collect(Collectors.toUnmodifiableSet());
  }

  private static EvidenceException wrong(String reason) {
    return new EvidenceException(RejectionId.COLLATERAL_WRONG, reason);
  }
}
