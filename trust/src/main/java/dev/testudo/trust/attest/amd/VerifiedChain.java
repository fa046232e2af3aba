package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.EcdsaKey;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;

/// A chain VCEK → ASK → ARK, or VLEK → ASVK → ARK, whose root is pinned, and whose names,
/// constraints and signatures are good. Dates and revocation are not checked here, because they
/// depend on time.
///
/// @param key the public key of the leaf
/// @param extensions what the leaf certifies
/// @param leaf the certificate of the key that signs reports
/// @param authorities the certificates above it
record VerifiedChain(
    EcdsaKey key, LeafExtensions extensions, AmdCertificate leaf, AmdAuthorities authorities) {

  /// Verifies a chain.
  ///
  /// @param leaf the certificate of the key that signs reports
  /// @param authorities those of the generation that the leaf names
  static VerifiedChain verify(SnpKey kind, AmdCertificate leaf, AmdAuthorities authorities)
      throws EvidenceException {
    if (!leaf.subject().equals(AmdNames.leaf(kind))) {
      throw untrusted("the certificate of the signing key is not named SEV-%s".formatted(kind));
    }
    if (leaf.x509().getBasicConstraints() >= 0) {
      throw untrusted("the certificate of the signing key is one of an authority");
    }
    if (!leaf.issuer().equals(authorities.intermediate().subject())) {
      throw untrusted("another authority issued the certificate of the signing key");
    }
    leaf.checkExtensions();
    authorities.verify(kind);
    PssSignature.verify(
        leaf.x509(), authorities.intermediate().x509().getPublicKey(), kind.toString());
    return new VerifiedChain(
        key(leaf.x509()),
        LeafExtensions.of(leaf.x509(), authorities.generation()),
        leaf,
        authorities);
  }

  SnpGeneration generation() {
    return authorities.generation();
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

  private static EvidenceException untrusted(String reason) {
    return new EvidenceException(RejectionId.UNTRUSTED_CHAIN, reason);
  }
}
