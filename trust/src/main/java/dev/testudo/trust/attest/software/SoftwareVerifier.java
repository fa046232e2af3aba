package dev.testudo.trust.attest.software;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Checked;
import dev.testudo.trust.attest.evidence.Verification.Outcome;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Verifies software evidence. Only its binding can be verified: the measurements are
/// whatever the sender claims.
public final class SoftwareVerifier {
  private SoftwareVerifier() {}

  /// Verifies `evidence`, which must be bound to `expected`, if that is given.
  public static Verification verify(Evidence.Software evidence, Optional<ReportData> expected) {
    if (expected.filter(data -> !evidence.reportData().equals(data)).isPresent()) {
      return new Rejected(
          RejectionId.NOT_BOUND,
          "the evidence is not bound to the key of this connection and the nonce",
          Set.of(),
          List.of());
    }
    var measurement = CombinedMeasurement.of(evidence.image(), evidence.machine());
    return new Verified(
        new EvidenceClaims.Software(measurement.hex()),
        "image %s, machine %s".formatted(evidence.image(), evidence.machine()),
        expected.stream()
            .map(_ -> new Checked(Check.REPORT_DATA, Outcome.PASSED, "equal"))
            .toList());
  }
}
