package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.util.Optional;

/// Signatures over whole messages, apart from them: Ed25519 (RFC 8032), and ECDSA in DER on P-384
/// with SHA-384 and on P-256 with SHA-256, as `openssl dgst -sign` makes them.
public final class DetachedSignature {
  /// The most bytes of a signature.
  public static final int LIMIT = 128;

  private DetachedSignature() {}

  /// Signs `message`.
  ///
  /// @throws PkiException if the key is of another kind, or does not belong to `publicKey`
  public static byte[] sign(PrivateKey key, PublicKey publicKey, byte[] message)
      throws PkiException {
    var algorithm =
        algorithm(publicKey)
            .orElseThrow(
                () ->
                    new PkiException(
                        Fault.UNSUPPORTED, "only Ed25519, P-384 and P-256 keys sign here"));
    try {
      var signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(message);
      var signed = signature.sign();
      if (verifies(publicKey, message, signed)) {
        return signed;
      }
    } catch (GeneralSecurityException e) {
      throw new PkiException(Fault.DAMAGED, "the key cannot sign");
    }
    throw new PkiException(Fault.OTHER_KEY, "the private key does not belong to the public key");
  }

  /// Returns true if `signature` is one of `message` by the holder of `key`.
  public static boolean verifies(PublicKey key, byte[] message, byte[] signature) {
    var algorithm = algorithm(key);
    if (algorithm.isEmpty() || signature.length > LIMIT) {
      return false;
    }
    try {
      var verifying = Signature.getInstance(algorithm.get());
      verifying.initVerify(key);
      verifying.update(message);
      return verifying.verify(signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      // A damaged signature or key, whichever way the provider puts it.
      return false;
    }
  }

  private static Optional<String> algorithm(PublicKey key) {
    return switch (key) {
      case EdECPublicKey ed when ed.getParams().getName().equals("Ed25519") ->
          Optional.of("Ed25519");
      case ECPublicKey ec ->
          switch (ec.getParams().getOrder().bitLength()) {
            case 256 -> Optional.of("SHA256withECDSA");
            case 384 -> Optional.of("SHA384withECDSA");
            default -> Optional.empty();
          };
      default -> Optional.empty();
    };
  }
}
