package dev.testudo.trust.pki;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/// The public half of an [EncryptionKey]: 32 bytes, written as 64 hexadecimal digits. Thread-safe.
public final class EncryptionPublicKey {
  /// The length of a key, and of the encapsulated key at the beginning of each message, in bytes.
  static final int LENGTH = X25519PublicKeyParameters.KEY_SIZE;

  /// The length of the authentication tag at the end of each message, in bytes.
  static final int TAG = 16;

  /// What an encrypted message is bound to besides its purpose: nothing.
  static final byte[] NO_DATA = {};

  private final X25519PublicKeyParameters key;

  EncryptionPublicKey(X25519PublicKeyParameters key) {
    this.key = key;
  }

  /// Returns the key that `text` writes: 64 hexadecimal digits in lower case. Empty for any other
  /// text.
  public static Optional<EncryptionPublicKey> parse(String text) {
    return text.matches("[0-9a-f]{64}")
        ? Optional.of(
            new EncryptionPublicKey(new X25519PublicKeyParameters(HexFormat.of().parseHex(text))))
        : Optional.empty();
  }

  static HPKE hpke() {
    return new HPKE(
        HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  /// Encrypts a message so that only the owner of the private key can read it. The result is 48
  /// bytes longer: the encapsulated key comes first. It does not tell who made it.
  ///
  /// @param info what the message is for
  /// @throws PkiException if nothing can be encrypted to this key, which no honest owner has
  public byte[] encrypt(byte[] info, byte[] message) throws PkiException {
    try {
      var context = hpke().setupBaseS(key, info);
      var encapsulated = context.getEncapsulation();
      var text = context.seal(NO_DATA, message);
      var all = Arrays.copyOf(encapsulated, encapsulated.length + text.length);
      System.arraycopy(text, 0, all, encapsulated.length, text.length);
      return all;
    } catch (InvalidCipherTextException | IllegalArgumentException | IllegalStateException _) {
      throw new PkiException(
          PkiException.Fault.UNSUPPORTED, "nothing can be encrypted to key " + this);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EncryptionPublicKey that
        && Arrays.equals(key.getEncoded(), that.key.getEncoded());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key.getEncoded());
  }

  /// Returns 64 hexadecimal digits.
  @Override
  public String toString() {
    return HexFormat.of().formatHex(key.getEncoded());
  }
}
