package dev.testudo.policy.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The hash of one revision of a session.
///
/// @param hex 64 lower-case hexadecimal digits
public record SessionHash(String hex) {
  private static final Pattern SYNTAX = Pattern.compile("[0-9a-f]{64}");

  public SessionHash {
    if (!SYNTAX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a session hash: " + hex);
    }
  }

  /// Parses a hash of 64 hexadecimal digits, ignoring case. Returns empty for any other text.
  public static Optional<SessionHash> parse(String text) {
    var hex = text.toLowerCase(Locale.ROOT);
    return SYNTAX.matcher(hex).matches() ? Optional.of(new SessionHash(hex)) : Optional.empty();
  }

  /// Returns the hash of a session.
  ///
  /// @param creator the hash of the key that registered the first revision, in base58
  /// @param yaml the text exactly as it is registered
  public static SessionHash of(String creator, String yaml) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      var header = "testudo-session-v1\n%s\n".formatted(creator);
      sha256.update(header.getBytes(StandardCharsets.UTF_8));
      var digest = sha256.digest(yaml.getBytes(StandardCharsets.UTF_8));
      return new SessionHash(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
