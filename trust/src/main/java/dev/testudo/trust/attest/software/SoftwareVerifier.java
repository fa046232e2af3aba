package dev.testudo.trust.attest.software;

import dev.testudo.policy.decision.EvidenceClaims;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.RejectionId;
import dev.testudo.trust.attest.evidence.Verification.Verified;

/// Verifies software evidence. Only its binding can be verified: the measurements are
/// whatever the sender claims.
public final class SoftwareVerifier {
  private SoftwareVerifier() {}

  /// Verifies `evidence`, which must be bound to `expected`.
  public static Verification verify(Evidence.Software evidence, ReportData expected) {
    if (!evidence.reportData().equals(expected)) {
      return new Rejected(
          RejectionId.NOT_BOUND,
          "the evidence is not bound to the key of this connection and the nonce");
    }
    var measurement = CombinedMeasurement.of(evidence.image(), evidence.machine());
    return new Verified(
        EvidenceClaims.unsigned(evidence.isolation(), measurement.hex()),
        "image %s, machine %s".formatted(evidence.image(), evidence.machine()));
  }
}
