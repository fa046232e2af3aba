package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.EcdsaKey;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/// A chain VCEK → ASK → ARK, or VLEK → ASVK → ARK, whose names, constraints and signatures are
/// good. Whether its root is pinned, its dates and revocation are not checked here: they depend on
/// more than the certificates.
///
/// @param generation what the names of the authorities say
/// @param key the public key of the leaf
/// @param extensions what the leaf certifies
/// @param leaf the certificate of the key that signs reports
/// @param intermediate the ASK or ASVK
/// @param root the ARK
record VerifiedChain(
    SnpGeneration generation,
    EcdsaKey key,
    LeafExtensions extensions,
    X509Certificate leaf,
    X509Certificate intermediate,
    AmdCertificate root) {

  /// Verifies a chain.
  ///
  /// @param leaf the certificate of the key that signs reports
  /// @param authorities ASK or ASVK, and ARK, in any order
  static VerifiedChain verify(SnpKey kind, Octets leaf, List<Octets> authorities)
      throws EvidenceException {
    var certificate = AmdCertificate.parse(leaf);
    if (!certificate.subject().equals(AmdNames.leaf(kind))) {
      throw untrusted("the certificate of the signing key is not named SEV-%s".formatted(kind));
    }
    if (certificate.x509().getBasicConstraints() >= 0) {
      throw untrusted("the certificate of the signing key is one of an authority");
    }
    var generation = generation(certificate, kind);
    var intermediate = authority(authorities, AmdNames.intermediate(generation, kind));
    var root = authority(authorities, AmdNames.root(generation));
    if (!intermediate.issuer().equals(root.subject())) {
      throw untrusted("the root did not issue the certificate between");
    }
    checkExtensions(List.of(certificate, intermediate, root));
    PssSignature.verify(
        intermediate.x509(), root.x509().getPublicKey(), AmdNames.intermediateText(kind));
    PssSignature.verify(certificate.x509(), intermediate.x509().getPublicKey(), kind.toString());
    return new VerifiedChain(
        generation,
        key(certificate.x509()),
        LeafExtensions.of(certificate.x509(), generation),
        certificate.x509(),
        intermediate.x509(),
        root);
  }

  /// Returns the generation whose authority issued a leaf, as the leaf says.
  static SnpGeneration generation(AmdCertificate leaf, SnpKey kind) throws EvidenceException {
    return AmdNames.generation(leaf.issuer(), kind)
        .orElseThrow(
            () ->
                untrusted(
                    "the issuer of the %s certificate is none of Milan, Genoa and Turin"
                        .formatted(kind)));
  }

  /// Returns the only authority of a name.
  static AmdCertificate authority(List<Octets> authorities, X500Principal name)
      throws EvidenceException {
    for (var der : authorities) {
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

  private static void checkExtensions(List<AmdCertificate> certificates) throws EvidenceException {
    for (var certificate : certificates) {
      if (certificate.x509().hasUnsupportedCriticalExtension()) {
        throw untrusted("a certificate has a critical extension that is not known here");
      }
    }
  }

  private static EcdsaKey key(X509Certificate leaf) throws EvidenceException {
    var bytes = EcdsaKey.Curve.P384.bytes();
    if (leaf.getPublicKey() instanceof ECPublicKey key
        && key.getParams().getOrder().bitLength() == 8 * bytes) {
      var point = new byte[2 * bytes];
      put(key.getW().getAffineX(), point, bytes);
      put(key.getW().getAffineY(), point, 2 * bytes);
      try {
        return EcdsaKey.of(EcdsaKey.Curve.P384, point);
      } catch (InvalidKeyException e) {
        throw untrusted("the signing key is no point on P-384");
      }
    }
    throw untrusted("the signing key is not one of ECDSA P-384");
  }

  private static void put(BigInteger coordinate, byte[] point, int end) {
    var bytes = coordinate.toByteArray(); // may have a leading zero for the sign
    for (var i = 0; i < Math.min(bytes.length, EcdsaKey.Curve.P384.bytes()); i++) {
      point[end - 1 - i] = bytes[bytes.length - 1 - i];
    }
  }

  /// Returns SHA-256 of the root's certificate, by which roots are pinned.
  Octets rootHash() {
    return Octets.of(Measurement.sha256().digest(root.der().toBytes()));
  }

  private static EvidenceException untrusted(String reason) {
    return new EvidenceException(RejectionId.UNTRUSTED_CHAIN, reason);
  }
}
