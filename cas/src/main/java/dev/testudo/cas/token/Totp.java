package dev.testudo.cas.token;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Time-based one-time passwords (RFC 6238): HMAC-SHA1, 6 digits, one password every 30 seconds.
final class Totp {
  /// How long a password is the current one.
  static final Duration STEP = Duration.ofSeconds(30);

  /// How many passwords before and after the current one are accepted, for clocks that differ.
  private static final int WINDOW = 1;

  private static final int MODULUS = 1_000_000;
  private static final String HMAC = "HmacSHA1";

  private Totp() {}

  /// Returns the password of a step.
  static String password(byte[] secret, long step) {
    try {
      var mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret, HMAC));
      var hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
      var offset = hash[hash.length - 1] & 0xf;
      var number = ByteBuffer.wrap(hash).getInt(offset) & Integer.MAX_VALUE;
      return String.format(Locale.ROOT, "%06d", number % MODULUS);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns the latest step near `now` that has this password. The time taken does not depend on
  /// the password.
  static OptionalLong step(byte[] secret, String password, Instant now) {
    var current = Math.floorDiv(now.getEpochSecond(), STEP.toSeconds());
    var found = OptionalLong.empty();
    for (var step = current - WINDOW; step <= current + WINDOW; step++) {
      var expected = password(secret, step).getBytes(US_ASCII);
      if (MessageDigest.isEqual(expected, password.getBytes(US_ASCII))) {
        found = OptionalLong.of(step);
      }
    }
    return found;
  }
}
