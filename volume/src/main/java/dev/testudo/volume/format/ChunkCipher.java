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
  private final boolean noting;

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
    this.noting = !ledger.equals(Ledger.NONE);
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e); // every JDK has it
    }
  }

  /// Encrypts a text.
  public Sealed seal(byte[] nonce, byte[] associated, byte[] text) {
    var both = new byte[text.length + TAG_BYTES];
    seal(nonce, associated, text, 0, text.length, both);
    return new Sealed(
        Arrays.copyOf(both, text.length), Arrays.copyOfRange(both, text.length, both.length));
  }

  /// Encrypts `length` bytes of `text` from `offset` on. `into` has the ciphertext, followed by its
  /// tag, afterwards.
  public void seal(
      byte[] nonce, byte[] associated, byte[] text, int offset, int length, byte[] into) {
    if (noting) {
      note(nonce, associated, Arrays.copyOfRange(text, offset, offset + length));
    }
    try {
      init(Cipher.ENCRYPT_MODE, nonce, associated);
      cipher.doFinal(text, offset, length, into, 0);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e); // the key, the nonce and the buffer have the right length
    }
  }

  private void note(byte[] nonce, byte[] associated, byte[] text) {
    try (var secret = Secret.taking(key.getEncoded())) {
      ledger.encrypts(secret, nonce.clone(), associated, text);
    }
  }

  /// Decrypts `both`, a ciphertext followed by its tag, to `into`. Returns false if they do not
  /// belong together, to the key, the nonce and `associated`; nothing is in `into` then.
  public boolean open(byte[] nonce, byte[] associated, byte[] both, byte[] into) {
    return open(nonce, associated, both, into, 0);
  }

  /// The same, to `into` from `offset` on.
  public boolean open(byte[] nonce, byte[] associated, byte[] both, byte[] into, int offset) {
    try {
      init(Cipher.DECRYPT_MODE, nonce, associated);
      cipher.doFinal(both, 0, both.length, into, offset);
      return true;
    } catch (AEADBadTagException _) {
      Arrays.fill(into, offset, offset + both.length - TAG_BYTES, (byte) 0);
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
