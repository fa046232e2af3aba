package dev.testudo.trust.attest.evidence;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;

/// A hash of 32 bytes that identifies a program, or a part of what it is started with.
///
/// @param hex 64 lower-case hexadecimal digits
public record Measurement(String hex) {
  /// Checks the spelling.
  public Measurement {
    if (!isHex(hex, 64)) {
      throw new IllegalArgumentException("a measurement is 64 lower-case hexadecimal digits");
    }
  }

  /// Parses 64 hexadecimal digits, ignoring case; returns empty if `text` is something else.
  public static Optional<Measurement> parse(String text) {
    var lower = text.toLowerCase(Locale.ROOT);
    return isHex(lower, 64) ? Optional.of(new Measurement(lower)) : Optional.empty();
  }

  @Override
  public String toString() {
    return hex;
  }

  /// Returns true if `text` consists of the given number of lower-case hexadecimal digits.
  public static boolean isHex(String text, int digits) {
    if (text.length() != digits) {
      return false;
    }
    for (var i = 0; i < digits; i++) { // no stream: an image has thousands of hashes
      var c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /// Returns a new SHA-256 digest.
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
