package dev.testudo.cas.token;

import dev.testudo.trust.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/// The text form of join tokens. It consists of a prefix, which identifies a leaked token, and of
/// 256 random bits in hexadecimal.
final class TokenText {
  static final String PREFIX = "testudo-join-";

  private static final int BYTES = 32;
  private static final int ID_BYTES = 8;

  private TokenText() {}

  static Secret make(SecureRandom random) {
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    var text = PREFIX + HexFormat.of().formatHex(bytes);
    Arrays.fill(bytes, (byte) 0);
    return Secret.taking(text.getBytes(StandardCharsets.US_ASCII));
  }

  static String id(SecureRandom random) {
    var bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Returns the hash that is stored of a token. Tokens are random, so a single round
  /// of SHA-256 suffices.
  static String hash(Secret token) {
    String hash = token.reveal(bytes -> HexFormat.of().formatHex(sha256().digest(bytes)));
    return hash;
  }

  /// Returns true if the hashes are equal. Takes constant time.
  static boolean same(String hash, String other) {
    return MessageDigest.isEqual(
        hash.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
