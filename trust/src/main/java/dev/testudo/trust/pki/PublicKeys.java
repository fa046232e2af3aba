package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/// Reads and writes public keys (SubjectPublicKeyInfo).
public final class PublicKeys {
  private PublicKeys() {}

  /// Parses a text with exactly one `PUBLIC KEY` block.
  public static PublicKey fromPem(String text) throws PkiException {
    var blocks = Pem.read(text);
    if (blocks.size() != 1 || !blocks.getFirst().label().equals("PUBLIC KEY")) {
      throw new PkiException(Fault.WRONG_NUMBER, "there must be exactly one `PUBLIC KEY` block");
    }
    return fromDer(blocks.getFirst().der());
  }

  /// Returns `key` as PEM.
  public static String toPem(PublicKey key) {
    return Pem.write("PUBLIC KEY", key.getEncoded());
  }

  /// Parses a SubjectPublicKeyInfo.
  public static PublicKey fromDer(byte[] der) throws PkiException {
    try {
      var algorithm = SubjectPublicKeyInfo.getInstance(der).getAlgorithm();
      return KeyFactory.getInstance(PrivateKeys.factory(algorithm))
          .generatePublic(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException | RuntimeException e) {
      // The ASN.1 parser throws various runtime exceptions, even NullPointerException.
      throw new PkiException(
          Fault.DAMAGED, "the public key is damaged or not a SubjectPublicKeyInfo");
    }
  }
}
