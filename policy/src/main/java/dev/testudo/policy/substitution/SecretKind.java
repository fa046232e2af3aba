package dev.testudo.policy.substitution;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The kinds of secrets that are supported.
public enum SecretKind {
  ASCII,
  BINARY,
  PRIVATE_KEY,
  PUBLIC_KEY,
  X509,
  X509_CA,
  CONFIG_FRAGMENT,
  PGP_KEY,
  JWT;

  /// Returns the name used in sessions, such as `x509-ca`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Returns the kind with the given name, if there is one.
  public static Optional<SecretKind> parse(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text().equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text();
  }
}
