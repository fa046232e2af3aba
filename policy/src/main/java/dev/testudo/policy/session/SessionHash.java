package dev.testudo.policy.session;

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

  @Override
  public String toString() {
    return hex;
  }
}
