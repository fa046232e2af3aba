package dev.testudo.trust.attest;

import dev.testudo.trust.attest.evidence.Collateral;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.software.SoftwareVerifier;
import java.time.Instant;

/// Verifies evidence of every kind (RFC 9334: the Verifier's first part; the policy's decision is
/// the second). A pure function: the same arguments give the same result, on any machine.
public final class Verifier {
  private Verifier() {}

  /// Verifies `evidence`.
  ///
  /// @param expected the key and nonce that it must be bound to
  /// @param collateral what its manufacturer published
  /// @param instant when certificates, revocation lists and TCB levels must be valid
  public static Verification verify(
      Evidence evidence, ReportData expected, Collateral collateral, Instant instant) {
    return switch (evidence) {
      case Evidence.Software software -> SoftwareVerifier.verify(software, expected);
    };
  }
}
