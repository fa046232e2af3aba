package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/// Private keys that a passphrase encrypts: PKCS#8 (RFC 5958) with PBES2 (RFC 8018), which OpenSSL
/// reads and writes.
public final class PrivateKeyEncryption {
  /// PBKDF2 with HMAC-SHA256, and AES-256 in CBC mode.
  private static final String SCHEME = "PBEWithHmacSHA256AndAES_256";

  /// What OWASP recommends for PBKDF2 with HMAC-SHA256.
  private static final int ITERATIONS = 600_000;

  private static final int SALT_BYTES = 16;
  private static final int BLOCK_BYTES = 16;
  private static final String LABEL = "ENCRYPTED PRIVATE KEY";

  private PrivateKeyEncryption() {}

  /// Returns the key as PEM.
  ///
  /// @param passphrase printable ASCII
  /// @throws PkiException if the passphrase has other characters
  public static String toPem(
      PrivateKey key, PublicKey publicKey, Secret passphrase, SecureRandom random)
      throws PkiException {
    var salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    var vector = new byte[BLOCK_BYTES];
    random.nextBytes(vector);
    var plain = PrivateKeys.toPkcs8(key, publicKey);
    try {
      var parameters = AlgorithmParameters.getInstance(SCHEME);
      parameters.init(new PBEParameterSpec(salt, ITERATIONS, new IvParameterSpec(vector)));
      var cipher = Cipher.getInstance(SCHEME);
      cipher.init(Cipher.ENCRYPT_MODE, derived(SCHEME, passphrase), parameters);
      // The JDK's own class for this structure does not know the name of the scheme.
      var scheme =
          new AlgorithmIdentifier(
              PKCSObjectIdentifiers.id_PBES2, ASN1Primitive.fromByteArray(parameters.getEncoded()));
      var encrypted =
          new org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo(scheme, cipher.doFinal(plain));
      return Pem.write(LABEL, encrypted.getEncoded("DER"));
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// Returns true if `text` contains a key that a passphrase encrypts.
  public static boolean isEncrypted(String text) throws PkiException {
    return Pem.read(text).stream().anyMatch(block -> block.label().equals(LABEL));
  }

  /// Parses a text with exactly one private key block, which is encrypted.
  ///
  /// @throws PkiException with [Fault#ENCRYPTED] if the passphrase is wrong
  public static PrivateKey fromPem(String text, Secret passphrase) throws PkiException {
    var blocks = Pem.read(text);
    if (blocks.size() != 1 || !blocks.getFirst().label().equals(LABEL)) {
      throw new PkiException(
          Fault.WRONG_NUMBER, "there must be exactly one `%s` block".formatted(LABEL));
    }
    EncryptedPrivateKeyInfo info;
    String scheme;
    try {
      info = new EncryptedPrivateKeyInfo(blocks.getFirst().der());
      scheme = String.valueOf(info.getAlgParameters());
    } catch (IOException | RuntimeException e) {
      throw new PkiException(Fault.DAMAGED, "the encrypted private key is damaged");
    }
    byte[] plain;
    try {
      var cipher = Cipher.getInstance(scheme);
      cipher.init(Cipher.DECRYPT_MODE, derived(scheme, passphrase), info.getAlgParameters());
      plain = cipher.doFinal(info.getEncryptedData());
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new PkiException(
          Fault.ENCRYPTED,
          "the passphrase is not that of the private key, or the key is not encrypted with PBES2");
    }
    try {
      return PrivateKeys.fromPkcs8(plain);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private static SecretKey derived(String scheme, Secret passphrase)
      throws GeneralSecurityException, PkiException {
    var characters = new char[passphrase.length()];
    var spec =
        passphrase.revealOrThrow(
            bytes -> {
              for (var i = 0; i < bytes.length; i++) {
                if (bytes[i] < ' ' || bytes[i] > '~') {
                  throw new PkiException(
                      Fault.UNSUPPORTED, "a passphrase has only printable ASCII characters");
                }
                characters[i] = (char) bytes[i];
              }
              return new PBEKeySpec(characters);
            });
    Arrays.fill(characters, '\0');
    try {
      return SecretKeyFactory.getInstance(scheme).generateSecret(spec);
    } finally {
      spec.clearPassword();
    }
  }
}
