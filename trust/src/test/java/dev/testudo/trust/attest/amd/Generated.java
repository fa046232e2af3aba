package dev.testudo.trust.attest.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.AmdPlatform;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Verifies reports of our own platforms.
final class Generated {
  static final Instant AT = Instant.parse("2025-06-01T00:00:00Z");

  private Generated() {}

  static VerificationContext context(HardwareRoots roots, Collateral collateral) {
    return new VerificationContext(
        collateral, roots, AT, Duration.ofDays(1), VerificationMemory.none());
  }

  static Verification verify(AmdPlatform platform, Octets table) {
    return Verifier.verify(
        new Evidence.SnpReport(platform.signedReport(), Optional.of(table)),
        Optional.empty(),
        context(platform.roots(), Collateral.NONE));
  }

  /// Verifies a report with the certificates of its host, and returns its claims.
  static EvidenceClaims.Snp verified(AmdPlatform platform) {
    var verification = verify(platform, platform.table());
    var verified = assertInstanceOf(Verified.class, verification, verification.toString());
    return assertInstanceOf(EvidenceClaims.Snp.class, verified.claims());
  }

  static void assertRejected(RejectionId id, AmdPlatform platform) {
    assertRejected(id, verify(platform, platform.table()));
  }

  static void assertRejected(RejectionId id, Verification verification) {
    var rejected = assertInstanceOf(Rejected.class, verification);
    assertEquals(id, rejected.id(), rejected.reason());
  }
}
