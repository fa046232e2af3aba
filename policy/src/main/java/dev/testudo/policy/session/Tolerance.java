package dev.testudo.policy.session;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A weakness that a policy can put up with (`tolerate`).
public enum Tolerance {
  DEBUG_MODE,
  HYPERTHREADING,
  INSECURE_IGPU,
  SOFTWARE_HARDENING_NEEDED,
  AEPIC_LEAK,
  INSECURE_CONFIGURATION,
  OUTDATED_TCB,
  MAA_MANAGED_TCB,
  LOCAL_ATTESTATION_TRUST_CAS_TCB,
  /// No hardware at all: the agent measured itself. An extension to SCONE.
  SOFTWARE_EVIDENCE;

  /// The name in policies: `software-evidence`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The tolerance with that name.
  public static Optional<Tolerance> parse(String text) {
    return Arrays.stream(values()).filter(t -> t.text().equals(text)).findFirst();
  }

  /// All names.
  public static List<String> texts() {
    return Arrays.stream(values()).map(Tolerance::text).toList();
  }

  @Override
  public String toString() {
    return text();
  }
}
