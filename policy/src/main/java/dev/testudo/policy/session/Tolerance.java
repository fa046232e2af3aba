package dev.testudo.policy.session;

import static dev.testudo.policy.evidence.Isolation.SEV_SNP;
import static dev.testudo.policy.evidence.Isolation.SGX;
import static dev.testudo.policy.evidence.Isolation.SOFTWARE;
import static dev.testudo.policy.evidence.Isolation.TDX;
import static dev.testudo.policy.evidence.Isolation.TPM;

import dev.testudo.policy.evidence.Isolation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A weakness that a policy can tolerate (`tolerate`). The words that are not SCONE's are marked as
/// extensions.
public enum Tolerance {
  DEBUG_MODE("the host can read and change the program"),
  HYPERTHREADING("a thread on the same core can observe the program"),
  INSECURE_IGPU("the processor's graphics can observe the program"),
  SOFTWARE_HARDENING_NEEDED("only programs that harden themselves are safe"),
  AEPIC_LEAK("the host can read stale data of the program (ÆPIC Leak)"),
  INSECURE_CONFIGURATION("a setting of the platform makes it less safe"),
  OUTDATED_TCB("the platform lacks fixes that exist"),
  /// Of Microsoft Azure Attestation, which CAS does not use.
  MAA_MANAGED_TCB("nothing, because CAS does not use Microsoft Azure Attestation"),
  /// Of SCONE's local attestation, which CAS does not have.
  LOCAL_ATTESTATION_TRUST_CAS_TCB("nothing, because CAS has no local attestation"),
  /// No hardware evidence: the agent measured itself. An extension.
  SOFTWARE_EVIDENCE("root on the machine can read and change the program"),
  /// Evidence of a TPM, which does not isolate the program. An extension.
  TPM_EVIDENCE("the host, and who can touch the machine, can read and change the program"),
  /// Evidence under a root that is configured for tests. An extension.
  TEST_ROOT("whoever has the key of the test root can forge evidence"),
  /// SEPT_VE_DISABLE is not set in TDATTRIBUTES. An extension.
  SEPT_VE("the host can make the guest handle pages that it has taken away"),
  /// The guest policy allows a migration agent. An extension.
  MIGRATION_AGENT("a migration agent can export the memory of the guest"),
  /// The processor is of no generation that is known here. An extension.
  UNKNOWN_GENERATION("nobody knows here what the platform's values mean");

  private final String gives;

  Tolerance(String gives) {
    this.gives = gives;
  }

  /// Returns the name used in policies, such as `software-evidence`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Returns what a policy gives away with this word.
  public String gives() {
    return gives;
  }

  /// Returns the kinds of evidence for which the word can have an effect. Empty if it never has.
  public Set<Isolation> concerned() {
    return switch (this) {
      case DEBUG_MODE, HYPERTHREADING, TEST_ROOT -> Set.of(SGX, TDX, SEV_SNP);
      case INSECURE_IGPU,
          SOFTWARE_HARDENING_NEEDED,
          AEPIC_LEAK,
          INSECURE_CONFIGURATION,
          OUTDATED_TCB ->
          Set.of(SGX, TDX);
      case SEPT_VE -> Set.of(TDX);
      case MIGRATION_AGENT, UNKNOWN_GENERATION -> Set.of(SEV_SNP);
      case SOFTWARE_EVIDENCE -> Set.of(SOFTWARE);
      case TPM_EVIDENCE -> Set.of(TPM);
      case MAA_MANAGED_TCB, LOCAL_ATTESTATION_TRUST_CAS_TCB -> Set.of();
    };
  }

  /// Returns the one advisory that the word stands for, if it is such a shortcut. SCONE does not
  /// document which advisories; see `docs/decisions/0093-hardware-policies.md`.
  public Optional<String> advisory() {
    return switch (this) {
      case HYPERTHREADING -> Optional.of("INTEL-SA-00161");
      case INSECURE_IGPU -> Optional.of("INTEL-SA-00219");
      case AEPIC_LEAK -> Optional.of("INTEL-SA-00657");
      case DEBUG_MODE,
          SOFTWARE_HARDENING_NEEDED,
          INSECURE_CONFIGURATION,
          OUTDATED_TCB,
          MAA_MANAGED_TCB,
          LOCAL_ATTESTATION_TRUST_CAS_TCB,
          SOFTWARE_EVIDENCE,
          TPM_EVIDENCE,
          TEST_ROOT,
          SEPT_VE,
          MIGRATION_AGENT,
          UNKNOWN_GENERATION ->
          Optional.empty();
    };
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
