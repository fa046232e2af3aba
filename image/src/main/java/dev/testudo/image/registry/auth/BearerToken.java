package dev.testudo.image.registry.auth;

import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.util.Optional;

/// What a token server answers with.
///
/// @param token the token
/// @param seconds how long it is valid
/// @param refresh a new refresh token, which replaces the one that was used
record BearerToken(Secret token, long seconds, Optional<Secret> refresh) {
  /// The most bytes of an answer.
  static final int LIMIT = 256 << 10;

  private static final int MAX_TOKEN = 64 << 10;
  private static final long DEFAULT_SECONDS = 60;
  private static final long MOST_SECONDS = 3600;

  /// Reads an answer (distribution, spec/auth/token; OAuth 2 names the token `access_token`).
  ///
  /// @throws TokenException if it has no token that fits into a header
  static BearerToken read(byte[] answer) throws TokenException {
    try {
      var members = JsonMembers.read(answer, LIMIT, "token");
      var token = members.optionalText("token").filter(text -> !text.isEmpty());
      var text = token.isPresent() ? token.get() : members.text("access_token");
      if (text.isEmpty() || text.length() > MAX_TOKEN || !text.matches("[\\x21-\\x7e]+")) {
        throw new TokenException("the token server's token does not fit into a header");
      }
      var seconds =
          members.has("expires_in")
              ? members.number("expires_in", 0, Long.MAX_VALUE)
              : DEFAULT_SECONDS;
      return new BearerToken(
          Secret.ofText(text),
          Math.min(Math.max(seconds, DEFAULT_SECONDS), MOST_SECONDS),
          members.optionalText("refresh_token").filter(one -> !one.isEmpty()).map(Secret::ofText));
    } catch (MessageException e) {
      throw new TokenException("the token server's answer is malformed: " + e.getMessage());
    }
  }
}
