package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.substitution.RuntimeTemplate;

/// The secret from which the one-time passwords of services are computed (TOTP, RFC 6238): Base32
/// of at least 128 bits. Its text form never contains the value.
///
/// @param template the secret, or a placeholder for it
/// @param span where it is written
public record PasswordSecret(RuntimeTemplate template, Span span) {
  /// The fewest bytes that a secret has.
  public static final int MIN_BYTES = 16;

  @Override
  public String toString() {
    return "PasswordSecret[%s]".formatted(span.place());
  }
}
