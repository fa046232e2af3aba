package dev.testudo.policy.session;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The types of private keys that CAS generates.
public enum KeyType {
  P_256("P-256"),
  P_384("P-384"),
  ED25519("Ed25519"),
  RSA_2048("RSA-2048"),
  RSA_3072("RSA-3072");

  private final String text;

  KeyType(String text) {
    this.text = text;
  }

  /// Returns the type with the given name, ignoring case.
  public static Optional<KeyType> parse(String text) {
    return Arrays.stream(values()).filter(type -> type.text.equalsIgnoreCase(text)).findFirst();
  }

  /// Returns all names.
  public static List<String> texts() {
    return Arrays.stream(values()).map(KeyType::toString).toList();
  }

  /// Returns the name used in sessions, such as `Ed25519`.
  @Override
  public String toString() {
    return text;
  }
}
