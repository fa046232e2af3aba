package dev.testudo.policy.evidence;

/// TDATTRIBUTES of a trust domain.
///
/// @param hex 8 bytes, the least significant first
public record TdAttributes(String hex) {
  private boolean isSet(int bit) {
    return Bits.littleEndian(hex).isSet(bit);
  }

  /// Returns whether the domain is not to be trusted (TUD, bits 0 to 7), because the host can read,
  /// change or profile it. Any bit counts, also those that get a meaning only later (Intel, TDX
  /// Module ABI specification, "ATTRIBUTES").
  public boolean debug() {
    return !hex.startsWith("00");
  }

  /// Returns whether the host cannot make the guest handle pages that it has taken away
  /// (SEPT_VE_DISABLE).
  public boolean septVeDisable() {
    return isSet(28);
  }

  /// Returns whether protection keys for supervisor pages are on (PKS).
  public boolean protectionKeys() {
    return isSet(30);
  }

  /// Returns whether Key Locker is on (KL).
  public boolean keyLocker() {
    return isSet(31);
  }

  /// Returns whether the domain uses performance counters (PERFMON).
  public boolean performanceCounters() {
    return isSet(63);
  }
}
