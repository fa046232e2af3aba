package dev.testudo.trust.attest.amd;

import static dev.testudo.trust.attest.amd.Generated.AT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.AmdCertificateBuilder;
import dev.testudo.trust.generator.AmdCrlBuilder;
import dev.testudo.trust.generator.AmdKeys;
import dev.testudo.trust.generator.AmdPlatform;
import dev.testudo.trust.generator.AmdPlatform.Product;
import dev.testudo.trust.generator.PssSigner;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Revocation lists. No real one is public, so they are made with our own root.
class AmdCrlTest {
  private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");
  private static final Duration GRACE = Duration.ofDays(1); // of Generated's context

  private final AmdPlatform platform = AmdPlatform.vcek(Product.MILAN);

  private Verification verify(Octets list) {
    var id = new DocumentId.AmdCrl("Milan", SnpKey.VCEK);
    Collateral collateral =
        asked -> asked.equals(id) ? SnpVectors.document(id, list) : Optional.empty();
    return Verifier.verify(
        new Evidence.SnpReport(platform.signedReport(), Optional.of(platform.table())),
        Optional.empty(),
        Generated.context(platform.roots(), collateral));
  }

  private static String revocation(Verified verified) {
    return verified.checks().stream()
        .filter(checked -> checked.check() == Check.AMD_REVOCATION)
        .map(checked -> "%s: %s".formatted(checked.outcome(), checked.result()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theResultSaysWhetherThereWasAList() {
    var with = assertInstanceOf(Verified.class, verify(platform.crl().revoke(5, 7).build()));
    assertEquals("passed: not revoked by amd-milan-vcek-crl", revocation(with));
    var without = assertInstanceOf(Verified.class, Generated.verify(platform, platform.table()));
    assertEquals("not checked: there is no amd-milan-vcek-crl", revocation(without));
  }

  @Test
  void aRevokedAuthorityIsRefused() {
    for (var serial : List.of(AmdPlatform.ASK_SERIAL, AmdPlatform.ASK_SERIAL - 1)) {
      Generated.assertRejected(
          RejectionId.REVOKED_CERTIFICATE, verify(platform.crl().revoke(9, serial).build()));
    }
  }

  @Test
  void aListIsAcceptedForTheGraceAfterItsEndAndSaysThatItEnded() {
    var graced = platform.crl().valid(START, AT.minus(GRACE)).build();
    var verified = assertInstanceOf(Verified.class, verify(graced));
    var ended = ((EvidenceClaims.Snp) verified.claims()).platform().endorsement().ended(AT);
    assertEquals("amd-milan-vcek-crl", ended.getFirst().document());
    assertTrue(ended.getFirst().graced());
    Generated.assertRejected(
        RejectionId.OUTSIDE_VALIDITY,
        verify(platform.crl().valid(START, AT.minus(GRACE).minusSeconds(1)).build()));
    Generated.assertRejected(
        RejectionId.OUTSIDE_VALIDITY,
        verify(platform.crl().valid(AT.plusSeconds(1), AT.plus(GRACE)).build()));
  }

  @Test
  void aListThatIsNotTheRootsIsRefused() {
    for (var list :
        List.of(
            platform.crl().issuer(AmdCertificateBuilder.amd("ARK-Genoa")),
            platform.crl().algorithm(new PssSigner("SHA-256", "SHA-256", 32)),
            platform.crl().partial(),
            new AmdCrlBuilder("ARK-Milan", AmdKeys.intermediate().getPrivate()))) {
      Generated.assertRejected(RejectionId.COLLATERAL_WRONG, verify(list.build()));
    }
  }

  @Test
  void aDamagedListIsRefused() {
    var list = platform.crl().revoke(5).build();
    for (var length = 0; length < list.length(); length += 11) {
      Generated.assertRejected(RejectionId.COLLATERAL_WRONG, verify(list.slice(0, length)));
    }
    for (var at = 0; at < list.length(); at += 7) {
      var bytes = list.toBytes();
      bytes[at] ^= 1;
      Generated.assertRejected(RejectionId.COLLATERAL_WRONG, verify(Octets.of(bytes)));
    }
    var longer = Arrays.copyOf(list.toBytes(), list.length() + 1);
    Generated.assertRejected(RejectionId.COLLATERAL_WRONG, verify(Octets.of(longer)));
  }
}
