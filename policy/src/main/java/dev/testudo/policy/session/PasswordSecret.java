package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.substitution.RuntimeTemplate;
import java.util.regex.Pattern;

/// The secret from which the one-time passwords of services are computed (TOTP, RFC 6238): Base32
/// of at least 128 bits. Its text form never contains the value.
///
/// @param template the secret, or a placeholder for it
/// @param span where it is written
public record PasswordSecret(RuntimeTemplate template, Span span) {
  /// The fewest bytes that a secret has.
  public static final int MIN_BYTES = 16;

  private static final Pattern BASE32 = Pattern.compile("[A-Za-z2-7]+=*");
  private static final int BITS_PER_DIGIT = 5;

  /// Returns true if a text is such a secret: Base32, with or without padding, of enough bits.
  public static boolean isOne(String text) {
    var digits = text.replaceAll("=*$", "").length();
    return BASE32.matcher(text).matches() && digits * BITS_PER_DIGIT >= MIN_BYTES * Byte.SIZE;
  }

  @Override
  public String toString() {
    return "PasswordSecret[%s]".formatted(span.place());
  }
}
