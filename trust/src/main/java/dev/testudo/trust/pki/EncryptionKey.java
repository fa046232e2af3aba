package dev.testudo.trust.pki;

import dev.testudo.trust.pki.PkiException.Fault;
import dev.testudo.trust.secret.Hkdf;
import dev.testudo.trust.secret.Secret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import javax.crypto.spec.HKDFParameterSpec;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.util.BigIntegers;

/// The private key of somebody to whom others encrypt, with hybrid public key encryption (HPKE,
/// RFC 9180) in base mode: X25519, HKDF-SHA256, AES-256-GCM. Thread-safe.
public final class EncryptionKey {
  private static final int LENGTH = X25519PrivateKeyParameters.KEY_SIZE;

  private final X25519PrivateKeyParameters key;
  private final EncryptionPublicKey publicKey;

  private EncryptionKey(X25519PrivateKeyParameters key) {
    this.key = key;
    this.publicKey = new EncryptionPublicKey(key.generatePublicKey());
  }

  /// Generates a key.
  public static EncryptionKey generate(SecureRandom random) {
    return new EncryptionKey(new X25519PrivateKeyParameters(random));
  }

  /// Derives a key from an elliptic curve key, with HKDF-SHA256 (RFC 5869). The same key and
  /// purpose always give the same result, from which nobody can compute `from`.
  ///
  /// @param purpose separates the result from others that are derived from the same key
  public static EncryptionKey derive(ECPrivateKey from, byte[] purpose) {
    var scalar = BigIntegers.asUnsignedByteArray(scalarLength(from), from.getS());
    try {
      var kdf = Hkdf.sha256();
      var way = HKDFParameterSpec.ofExtract().addIKM(scalar).thenExpand(purpose, LENGTH);
      try (var bytes = Secret.taking(kdf.deriveData(way))) {
        return new EncryptionKey(bytes.reveal(X25519PrivateKeyParameters::new));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no HKDF-SHA256", e);
    } finally {
      Arrays.fill(scalar, (byte) 0);
    }
  }

  private static int scalarLength(ECPrivateKey key) {
    return (key.getParams().getOrder().bitLength() + 7) / 8;
  }

  /// Returns the public key.
  public EncryptionPublicKey publicKey() {
    return publicKey;
  }

  /// Decrypts what [EncryptionPublicKey#encrypt(byte[], byte[])] has made.
  ///
  /// @param info what the message is for; the same bytes as for encryption
  /// @throws PkiException if it was made for another key or purpose, or was changed
  public Secret decrypt(byte[] info, byte[] encrypted) throws PkiException {
    var encapsulated = EncryptionPublicKey.LENGTH;
    if (encrypted.length < encapsulated + EncryptionPublicKey.TAG) {
      throw new PkiException(Fault.DAMAGED, "it is too short to be an encrypted message");
    }
    try {
      var pair = new AsymmetricCipherKeyPair(key.generatePublicKey(), key);
      var context =
          EncryptionPublicKey.hpke().setupBaseR(Arrays.copyOf(encrypted, encapsulated), pair, info);
      var text = Arrays.copyOfRange(encrypted, encapsulated, encrypted.length);
      return Secret.taking(context.open(EncryptionPublicKey.NO_DATA, text));
    } catch (InvalidCipherTextException | IllegalArgumentException | IllegalStateException _) {
      throw new PkiException(
          Fault.OTHER_KEY, "it was encrypted for another key or purpose, or was changed");
    }
  }

  @Override
  public String toString() {
    return "EncryptionKey[%s]".formatted(publicKey);
  }
}
