package dev.testudo.policy.decision;

/// What separates a service from the rest of the machine, as its evidence shows.
public enum Isolation {
  /// Nothing: the agent measured itself, and root could have made it say anything.
  SOFTWARE("software"),
  SGX("sgx"),
  TDX("tdx"),
  SEV_SNP("sev-snp");

  private final String text;

  Isolation(String text) {
    this.text = text;
  }

  /// True if hardware vouches for the measurement.
  public boolean isHardware() {
    return switch (this) {
      case SOFTWARE -> false;
      case SGX, TDX, SEV_SNP -> true;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
