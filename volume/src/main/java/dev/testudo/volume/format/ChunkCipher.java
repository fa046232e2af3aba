package dev.testudo.volume.format;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeTag;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/// AES-256-GCM under one derived key. The authentication tag is kept apart from the ciphertext. For
/// one thread at a time.
public final class ChunkCipher implements AutoCloseable {
  /// The length of a nonce.
  public static final int NONCE_BYTES = 12;

  /// The length of a tag.
  public static final int TAG_BYTES = VolumeTag.BYTES;

  private final ChunkKey key;
  private final Cipher cipher;
  private final Ledger ledger;

  /// Sees each encryption. A test shows with it that no key and nonce is used for two texts.
  @FunctionalInterface
  public interface Ledger {
    /// Keeps nothing.
    Ledger NONE = (_, _, _, _) -> {};

    /// A text is about to be encrypted.
    void encrypts(Secret key, byte[] nonce, byte[] associated, byte[] text);
  }

  /// A ciphertext, as long as the text, and its tag.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Sealed(byte[] ciphertext, byte[] tag) {}

  /// Takes ownership of `key`.
  public ChunkCipher(Secret key, Ledger ledger) {
    this.key = new ChunkKey(key);
    this.ledger = ledger;
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e); // every JDK has it
    }
  }

  /// Encrypts a text.
  public Sealed seal(byte[] nonce, byte[] associated, byte[] text) {
    try (var secret = Secret.taking(key.getEncoded())) {
      ledger.encrypts(secret, nonce, associated, text);
    }
    try {
      init(Cipher.ENCRYPT_MODE, nonce, associated);
      var both = cipher.doFinal(text);
      return new Sealed(
          Arrays.copyOf(both, text.length), Arrays.copyOfRange(both, text.length, both.length));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e); // the key and the nonce have the right length
    }
  }

  /// Decrypts `both`, a ciphertext followed by its tag, to `into`. Returns false if they do not
  /// belong together, to the key, the nonce and `associated`; nothing is in `into` then.
  public boolean open(byte[] nonce, byte[] associated, byte[] both, byte[] into) {
    try {
      init(Cipher.DECRYPT_MODE, nonce, associated);
      cipher.doFinal(both, 0, both.length, into, 0);
      return true;
    } catch (AEADBadTagException _) {
      Arrays.fill(into, (byte) 0);
      return false;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e); // the key, the nonce and the buffer have the right length
    }
  }

  private void init(int mode, byte[] nonce, byte[] associated) throws GeneralSecurityException {
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
    cipher.updateAAD(associated);
  }

  @Override
  public void close() {
    key.close();
  }
}
