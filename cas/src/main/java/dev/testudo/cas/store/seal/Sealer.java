package dev.testudo.cas.store.seal;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.secret.Hkdf;
import dev.testudo.trust.secret.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts values with AES-256-GCM before they are stored. A value can only be decrypted in the
/// place that it was encrypted for: table, key and revision are authenticated with it.
///
/// Sealed form: one byte 1, 12 random bytes of nonce, ciphertext, 16 bytes of tag.
public final class Sealer {
  private static final byte VERSION = 1;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private final SecretKey key;
  private final SecureRandom random;

  /// The place of a value.
  public record Place(String table, String key, long revision) {
    byte[] encoded() {
      var table8 = table.getBytes(StandardCharsets.UTF_8);
      var key8 = key.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(16 + table8.length + key8.length)
          .putInt(table8.length)
          .put(table8)
          .putInt(key8.length)
          .put(key8)
          .putLong(revision)
          .array();
    }
  }

  /// Creates a sealer with a key derived from `sealKey`.
  public Sealer(Secret sealKey, SecureRandom random) {
    this.random = random;
    this.key = derived(sealKey, "AES", "testudo cas store v1");
  }

  /// Derives a key of 256 bits from another key.
  ///
  /// @param use the purpose of the key; different purposes give different keys
  public static SecretKey derived(Secret key, String algorithm, String use) {
    return key.reveal(bytes -> derived(bytes, algorithm, use));
  }

  private static SecretKey derived(byte[] key, String algorithm, String use) {
    try {
      return Hkdf.sha256()
          .deriveKey(
              algorithm,
              HKDFParameterSpec.ofExtract()
                  .addIKM(new SecretKeySpec(key, "HKDF"))
                  .thenExpand(use.getBytes(StandardCharsets.US_ASCII), 32));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /// Encrypts `plain` for `place`.
  public byte[] seal(Place place, Secret plain) {
    return plain.reveal(bytes -> seal(place, bytes));
  }

  private byte[] seal(Place place, byte[] plain) {
    var nonce = new byte[NONCE];
    random.nextBytes(nonce);
    try {
      var cipher = cipher(Cipher.ENCRYPT_MODE, nonce, place);
      var sealed = cipher.doFinal(plain);
      return ByteBuffer.allocate(1 + NONCE + sealed.length)
          .put(VERSION)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /// Decrypts a value that was encrypted for `place`.
  ///
  /// @throws StoreException if `sealed` was encrypted for another place or was changed
  public Secret open(Place place, byte[] sealed) throws StoreException {
    if (sealed.length < 1 + NONCE + TAG_BITS / 8 || sealed[0] != VERSION) {
      throw damaged(place);
    }
    try {
      var cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(sealed, 1, 1 + NONCE), place);
      return Secret.taking(cipher.doFinal(sealed, 1 + NONCE, sealed.length - 1 - NONCE));
    } catch (GeneralSecurityException e) {
      throw damaged(place);
    }
  }

  private static StoreException damaged(Place place) {
    return new StoreException(
        StoreException.Reason.CHANGED_VALUE,
        "the store was changed: %s `%s` revision %d cannot be decrypted"
            .formatted(place.table(), place.key(), place.revision()));
  }

  private Cipher cipher(int mode, byte[] nonce, Place place) throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.encoded());
    return cipher;
  }
}
