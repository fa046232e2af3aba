package dev.testudo.volume.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.secret.Hkdf;
import dev.testudo.trust.secret.Secret;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What is derived from the key of a volume: the keys of its parts, and the numbers that are random
/// in a volume that can be written and a function of the content in a read-only one.
public final class Derived {
  /// The length of the key of a volume, and of every derived key.
  public static final int KEY_BYTES = 32;

  private static final String PREFIX = "testudo-volume-v1 ";
  private static final String HMAC = "HmacSHA256";

  private Derived() {}

  /// Returns HKDF-SHA-256 of `key` with a salt, for `purpose` and what identifies the volume.
  public static Secret key(Secret key, byte[] salt, String purpose, byte[] volume) {
    var label = (PREFIX + purpose).getBytes(US_ASCII);
    var info = Arrays.copyOf(label, label.length + volume.length);
    System.arraycopy(volume, 0, info, label.length, volume.length);
    return key.reveal(
        bytes -> {
          try {
            return Secret.taking(
                Hkdf.sha256()
                    .deriveData(
                        HKDFParameterSpec.ofExtract()
                            .addIKM(new SecretKeySpec(bytes, "HKDF"))
                            .addSalt(salt)
                            .thenExpand(info, KEY_BYTES)));
          } catch (GeneralSecurityException e) {
            throw new AssertionError(e); // every JDK has it
          }
        });
  }

  /// Returns the first `length` bytes of a pseudo-random function of the content, for `purpose`.
  public static byte[] seed(Secret key, String purpose, byte[] contentHash, int length) {
    var label = (PREFIX + purpose).getBytes(US_ASCII);
    return Arrays.copyOf(mac(key, label, contentHash), length);
  }

  /// Returns HMAC-SHA-256 of the concatenation of `parts`.
  public static byte[] mac(Secret key, byte[]... parts) {
    return key.reveal(
        bytes -> {
          try {
            var mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(bytes, HMAC));
            for (var part : parts) {
              mac.update(part);
            }
            return mac.doFinal();
          } catch (GeneralSecurityException e) {
            throw new AssertionError(e); // every JDK has it
          }
        });
  }

  /// Returns a new SHA-256.
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e); // every JDK has it
    }
  }
}
