package dev.testudo.agent.attest.source;

import dev.testudo.policy.evidence.Isolation;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The sources of evidence, in the order in which the agent looks for them.
public enum SourceName {
  /// The directory of the kernel for TDX and SEV-SNP, from Linux 6.7 on.
  CONFIGFS_TSM("configfs-tsm"),
  /// The device of older kernels for SEV-SNP.
  SEV_GUEST("sev-guest"),
  /// The files of Gramine in an SGX enclave.
  GRAMINE("gramine"),
  /// The TPM that Azure's paravisor provides.
  AZURE_VTPM("azure-vtpm"),
  /// The TPM of the machine: what was booted, but no protection of memory.
  TPM("tpm"),
  /// The agent itself: its evidence is not hardware attested.
  SOFTWARE("software");

  private final String text;

  SourceName(String text) {
    this.text = text;
  }

  /// Returns the technologies of which it can be a source, if the program talks to the hardware
  /// itself. Behind a paravisor it does not: what the hardware measures and can be given is the
  /// paravisor's.
  public Set<Isolation> direct() {
    return switch (this) {
      case CONFIGFS_TSM -> Set.of(Isolation.TDX, Isolation.SEV_SNP);
      case SEV_GUEST -> Set.of(Isolation.SEV_SNP);
      case GRAMINE -> Set.of(Isolation.SGX);
      case AZURE_VTPM, TPM, SOFTWARE -> Set.of();
    };
  }

  /// Parses a name; returns empty if there is no such source.
  public static Optional<SourceName> parse(String text) {
    return Arrays.stream(values()).filter(name -> name.text.equals(text)).findFirst();
  }

  /// Returns all names, for messages.
  public static String all() {
    return Arrays.stream(values()).map(SourceName::toString).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return text;
  }
}
