package dev.testudo.policy.evidence;

/// How a SEV-SNP platform is configured. See the table PLATFORM_INFO of AMD's SEV-SNP firmware ABI.
/// For simultaneous multithreading and RAPL off counts as safer, for the others on.
///
/// @param value the register
/// @param knownGeneration whether the report's CPUID is one of a generation that is known here
public record SnpPlatformInfo(long value, boolean knownGeneration) {
  private boolean isSet(int bit) {
    return new Bits(value).isSet(bit);
  }

  /// Returns whether several threads share a core.
  public boolean smt() {
    return isSet(0);
  }

  /// Returns whether all memory is encrypted (TSME).
  public boolean tsme() {
    return isSet(1);
  }

  /// Returns whether the memory corrects errors.
  public boolean ecc() {
    return isSet(2);
  }

  /// Returns whether measuring power (RAPL) is off.
  public boolean raplDisabled() {
    return isSet(3);
  }

  /// Returns whether the host does not see ciphertext.
  public boolean ciphertextHiding() {
    return isSet(4);
  }

  /// Returns whether the firmware has checked since its start that no two addresses name the same
  /// memory (BadRAM).
  public boolean aliasCheck() {
    return isSet(5);
  }

  /// Returns whether trusted devices can be attached (SEV-TIO).
  public boolean trustedIo() {
    return isSet(7);
  }
}
