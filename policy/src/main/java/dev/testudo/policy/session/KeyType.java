package dev.testudo.policy.session;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The types of private keys that CAS makes.
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

  /// The type with that name; upper and lower case are the same.
  public static Optional<KeyType> parse(String text) {
    return Arrays.stream(values()).filter(type -> type.text.equalsIgnoreCase(text)).findFirst();
  }

  /// All names.
  public static List<String> texts() {
    return Arrays.stream(values()).map(KeyType::toString).toList();
  }

  /// The name in sessions: `Ed25519`.
  @Override
  public String toString() {
    return text;
  }
}
