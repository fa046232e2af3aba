package dev.testudo.trust.attest.context;

import dev.testudo.trust.attest.collateral.Collateral;
import java.time.Duration;
import java.time.Instant;

/// All that the verification of hardware evidence depends on, besides the evidence.
///
/// @param collateral what the manufacturers have published
/// @param roots whose signatures count
/// @param at the instant at which certificates, lists and TCB levels must be valid
/// @param grace how long after its `nextUpdate` a list or document is still accepted; certificates
///     have none. The claims say what has ended, and the policy decides
/// @param memory remembers successes; changes no verdict
/// @param credentials what TPMs were challenged with
public record VerificationContext(
    Collateral collateral,
    HardwareRoots roots,
    Instant at,
    Duration grace,
    VerificationMemory memory,
    TpmCredentials credentials) {

  /// A context in which no TPM was challenged.
  public VerificationContext(
      Collateral collateral,
      HardwareRoots roots,
      Instant at,
      Duration grace,
      VerificationMemory memory) {
    this(collateral, roots, at, grace, memory, TpmCredentials.NONE);
  }
}
