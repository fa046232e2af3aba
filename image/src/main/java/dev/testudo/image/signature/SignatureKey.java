package dev.testudo.image.signature;

import dev.testudo.trust.pki.DetachedSignature;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PkiException.Fault;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;

/// A key that signs images: ECDSA on P-256 with SHA-256, which all tools verify.
///
/// @param privateKey signs
/// @param publicKey verifies
public record SignatureKey(PrivateKey privateKey, PublicKey publicKey) {
  /// Checks that the public key is on P-256.
  ///
  /// @throws PkiException if it is another one
  public static SignatureKey of(PrivateKey privateKey, PublicKey publicKey) throws PkiException {
    requireSupported(publicKey);
    return new SignatureKey(privateKey, publicKey);
  }

  /// Checks that a key can verify the signatures of images.
  ///
  /// @throws PkiException if not
  public static void requireSupported(PublicKey key) throws PkiException {
    if (!(key instanceof ECPublicKey ec) || ec.getParams().getOrder().bitLength() != 256) {
      throw new PkiException(Fault.UNSUPPORTED, "images are signed with P-256 keys only");
    }
  }

  byte[] sign(byte[] payload) {
    try {
      return DetachedSignature.sign(privateKey, publicKey, payload);
    } catch (PkiException e) {
      throw new IllegalArgumentException("the parts of the key do not belong together", e);
    }
  }

  /// Returns the hash of the public key. It says nothing about the private key.
  @Override
  public String toString() {
    return KeyHash.of(publicKey).text();
  }
}
