package dev.testudo.policy.evidence;

/// How a service is isolated from the rest of the machine, according to its evidence.
public enum Isolation {
  /// No isolation: the agent measured itself, and root on the machine can forge that.
  SOFTWARE("software"),
  SGX("sgx"),
  TDX("tdx"),
  SEV_SNP("sev-snp"),
  /// No isolation: a TPM says what the machine booted, and its host can change that afterwards.
  TPM("tpm");

  private final String text;

  Isolation(String text) {
    this.text = text;
  }

  /// Returns true if hardware isolates the program, and vouches for its measurement.
  public boolean isHardware() {
    return switch (this) {
      case SOFTWARE, TPM -> false;
      case SGX, TDX, SEV_SNP -> true;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
