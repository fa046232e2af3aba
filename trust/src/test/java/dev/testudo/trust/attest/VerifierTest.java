package dev.testudo.trust.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.attest.software.CombinedMeasurement;
import dev.testudo.trust.pki.Identity;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerifierTest {
  private static final Measurement IMAGE = new Measurement("ab".repeat(32));
  private static final Measurement MACHINE = new Measurement("cd".repeat(32));
  private static final PublicKey KEY = key();
  private static final byte[] NONCE = new byte[32];
  private static final ReportData MINE = ReportData.of(KEY, NONCE);

  private static PublicKey key() {
    return Identity.ephemeral("agent").certificate().getPublicKey();
  }

  private static Verification verify(ReportData inEvidence) {
    return Verifier.verify(
        new Evidence.Software(IMAGE, MACHINE, inEvidence),
        Optional.of(MINE),
        new VerificationContext(
            Collateral.NONE,
            new HardwareRoots(List.of(), List.of()),
            Instant.EPOCH,
            Duration.ZERO,
            VerificationMemory.none()));
  }

  @Test
  void softwareEvidenceClaimsItsCombinedMeasurementAndNoHardware() {
    var measurement = CombinedMeasurement.of(IMAGE, MACHINE).hex();
    assertEquals(
        new EvidenceClaims.Software(measurement),
        assertInstanceOf(Verified.class, verify(MINE)).claims());
  }

  @Test
  void evidenceOfAnotherKeyOrNonceIsRejected() {
    var otherNonce = NONCE.clone();
    otherNonce[31] = 1;
    for (var other : List.of(ReportData.of(key(), NONCE), ReportData.of(KEY, otherNonce))) {
      var rejected = assertInstanceOf(Rejected.class, verify(other));
      assertEquals(RejectionId.NOT_BOUND, rejected.id());
    }
  }
}
