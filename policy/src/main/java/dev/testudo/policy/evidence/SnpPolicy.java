package dev.testudo.policy.evidence;

/// The guest policy: what the owner of a SEV-SNP guest allows the host. See the table POLICY of
/// AMD's SEV-SNP firmware ABI.
public record SnpPolicy(long value) {
  private boolean isSet(int bit) {
    return new Bits(value).isSet(bit);
  }

  /// Returns the least version of the firmware's ABI that may run the guest, as major and minor.
  public String leastAbi() {
    return "%d.%d".formatted(value >>> 8 & 0xff, value & 0xff);
  }

  /// Returns whether it may run where several threads share a core.
  public boolean smtAllowed() {
    return isSet(16);
  }

  /// Returns whether a migration agent may be bound to it, which can export its memory.
  public boolean migrationAgent() {
    return isSet(18);
  }

  /// Returns whether the host can read and change it.
  public boolean debug() {
    return isSet(19);
  }

  /// Returns whether it may run on one socket only.
  public boolean singleSocket() {
    return isSet(20);
  }

  /// Returns whether it may use memory of CXL devices.
  public boolean cxlAllowed() {
    return isSet(21);
  }

  /// Returns whether memory must be encrypted with AES-256-XTS.
  public boolean aes256Xts() {
    return isSet(22);
  }

  /// Returns whether measuring power (RAPL) must be off.
  public boolean raplDisabled() {
    return isSet(23);
  }

  /// Returns whether the host must not see ciphertext.
  public boolean ciphertextHiding() {
    return isSet(24);
  }

  /// Returns whether the host must not swap pages of the guest.
  public boolean pageSwapDisabled() {
    return isSet(25);
  }
}
