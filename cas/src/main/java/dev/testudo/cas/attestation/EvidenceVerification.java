package dev.testudo.cas.attestation;

import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// Verifies the evidence of callers with the documents that CAS has.
final class EvidenceVerification {
  /// The most grace that a policy can allow. Longer ended documents count for nobody.
  private static final Duration MOST_GRACE = Duration.ofDays(30);

  /// How many steps of verification are remembered: some per platform.
  private static final int REMEMBERED = 16_384;

  private final HardwareRoots roots;
  private final Collateral collateral;
  private final InstantSource clock;
  private final VerificationMemory memory = new VerificationMemory(REMEMBERED);

  EvidenceVerification(HardwareRoots roots, Collateral collateral, InstantSource clock) {
    this.roots = roots;
    this.collateral = collateral;
    this.clock = clock;
  }

  /// Verifies that evidence is genuine, and bound to what is expected.
  Verification verify(Evidence evidence, ReportData expected) {
    var context = new VerificationContext(collateral, roots, clock.instant(), MOST_GRACE, memory);
    return Verifier.verify(evidence, Optional.of(expected), context);
  }
}
