package dev.testudo.trust.attest.evidence;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;

/// A hash of 32 bytes that names a program, or a part of what it is started with.
///
/// @param hex 64 lower-case hexadecimal digits
public record Measurement(String hex) {
  /// Checks the spelling.
  public Measurement {
    if (!isHex(hex, 64)) {
      throw new IllegalArgumentException("a measurement is 64 lower-case hexadecimal digits");
    }
  }

  /// Reads 64 hexadecimal digits of either case; empty if `text` is something else.
  public static Optional<Measurement> parse(String text) {
    var lower = text.toLowerCase(Locale.ROOT);
    return isHex(lower, 64) ? Optional.of(new Measurement(lower)) : Optional.empty();
  }

  @Override
  public String toString() {
    return hex;
  }

  /// Whether `text` is so many lower-case hexadecimal digits.
  public static boolean isHex(String text, int digits) {
    return text.length() == digits
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /// A new SHA-256.
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
