package dev.testudo.policy.session;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A weakness that a policy can tolerate (`tolerate`).
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
  /// No hardware evidence: the agent measured itself. An extension to SCONE.
  SOFTWARE_EVIDENCE;

  /// Returns the name used in policies, such as `software-evidence`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Returns the tolerance with the given name, if there is one.
  public static Optional<Tolerance> parse(String text) {
    return Arrays.stream(values()).filter(t -> t.text().equals(text)).findFirst();
  }

  /// Returns all names.
  public static List<String> texts() {
    return Arrays.stream(values()).map(Tolerance::text).toList();
  }

  @Override
  public String toString() {
    return text();
  }
}
