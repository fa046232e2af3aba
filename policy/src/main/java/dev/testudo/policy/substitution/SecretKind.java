package dev.testudo.policy.substitution;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The kinds of secrets that the session language names and we have.
public enum SecretKind {
  ASCII,
  BINARY,
  PRIVATE_KEY,
  PUBLIC_KEY,
  X509,
  X509_CA;

  /// The name in sessions: `x509-ca`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The kind with that name.
  public static Optional<SecretKind> parse(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text().equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text();
  }
}
