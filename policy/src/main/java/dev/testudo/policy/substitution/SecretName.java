package dev.testudo.policy.substitution;

import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a secret within a session.
public record SecretName(String value) implements Comparable<SecretName> {
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9_\\-.~]{1,128}");

  public SecretName {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("not a secret name: " + value);
    }
  }

  /// Parses a name of 1 to 128 letters, digits, `_`, `-`, `.` and `~`. Returns empty
  /// for any other text.
  public static Optional<SecretName> parse(String text) {
    return SYNTAX.matcher(text).matches() ? Optional.of(new SecretName(text)) : Optional.empty();
  }

  @Override
  public int compareTo(SecretName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
