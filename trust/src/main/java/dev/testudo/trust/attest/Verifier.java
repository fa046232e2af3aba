package dev.testudo.trust.attest;

import dev.testudo.trust.attest.evidence.Collateral;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.software.SoftwareVerifier;
import java.time.Instant;

/// Verifies evidence of every kind. In terms of RFC 9334 it is the first part of the Verifier;
/// the policy's decision is the second. It is a pure function: the same arguments give the same
/// result on any machine.
public final class Verifier {
  private Verifier() {}

  /// Verifies `evidence`.
  ///
  /// @param expected the key and nonce that it must be bound to
  /// @param collateral what its manufacturer has published
  /// @param instant the time at which certificates, revocation lists and TCB levels must be valid
  public static Verification verify(
      Evidence evidence, ReportData expected, Collateral collateral, Instant instant) {
    return switch (evidence) {
      case Evidence.Software software -> SoftwareVerifier.verify(software, expected);
    };
  }
}
