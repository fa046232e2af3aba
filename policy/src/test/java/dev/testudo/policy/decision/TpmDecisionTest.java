package dev.testudo.policy.decision;

import static dev.testudo.policy.decision.Deciding.assertAccepted;
import static dev.testudo.policy.decision.Deciding.assertDenied;
import static dev.testudo.policy.decision.Deciding.decide;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.Endorsement.Expiry;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.Root;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is accepted of machines that a TPM has measured.
class TpmDecisionTest {
  private static final String RULE =
      "{tpm: {pcrs: {11: %s}, image: {uki: %s, initrd: %s}}}"
          .formatted(TestClaims.PCR, TestClaims.UKI, TestClaims.INITRD);
  private static final String TOLERATED = "{tolerate: tpm-evidence}";
  private static final Optional<Endorsement> VOUCHED =
      Optional.of(
          new Endorsement(Root.VENDOR, List.of(new Expiry("certificate", TestClaims.END, false))));

  @Test
  void evidenceOfATpmNeedsTheWordAlsoIfItsMakerVouchesForIt() {
    assertDenied(decide("{}", RULE, TestClaims.tpm(VOUCHED)), ReasonId.TPM_EVIDENCE);
    var accepted = assertAccepted(decide(TOLERATED, RULE, TestClaims.tpm(VOUCHED)));
    assertTrue(accepted.hardwareAttested());
    var remark = accepted.remarks().getFirst().text();
    assertEquals("isolation: none, only a TPM, tolerated", remark.substring(0, 38));
    assertTrue(remark.endsWith("can read and change the program"), remark);
  }

  @Test
  void softwareEvidenceIsNotToleratedWithTheWordForTpms() {
    var rule = "{mrenclave: %s}".formatted("ab".repeat(32));
    var software = new EvidenceClaims.Software("ab".repeat(32));
    var denied = assertInstanceOf(Decision.Denied.class, decide(TOLERATED, rule, software));
    assertEquals(ReasonId.SOFTWARE_EVIDENCE_REFUSED, denied.reasons().getFirst().id());
  }

  @Test
  void aTpmThatNobodyVouchesForNeedsATokenAndIsNeverHardwareAttested() {
    var nobody = TestClaims.tpm(Optional.empty());
    assertDenied(decide(TOLERATED, RULE, nobody), ReasonId.SOFTWARE_EVIDENCE_ALONE);
    var rule = RULE.replaceFirst("\\{tpm", "{join_token: required, tpm");
    var session = session(TOLERATED, rule);
    var claims = new Claims(nobody, Optional.empty(), JoinToken.GOOD);
    var accepted =
        assertAccepted(
            Decision.of(session, session.service("app").orElseThrow(), claims, TestClaims.NOW));
    assertFalse(accepted.hardwareAttested());
    assertTrue(accepted.redeems());
  }

  @Test
  void theReasonNamesThePartThatDiffers() {
    var parts = List.of("image uki", "image initrd", "pcrs 11");
    var values = List.of(TestClaims.UKI, TestClaims.INITRD, TestClaims.PCR);
    for (var i = 0; i < parts.size(); i++) {
      var other = RULE.replace(values.get(i), "99".repeat(32));
      var denied =
          assertDenied(
              decide(TOLERATED, other, TestClaims.tpm(VOUCHED)), ReasonId.OTHER_MEASUREMENT);
      assertEquals(parts.get(i), denied.reasons().getFirst().requirement());
    }
  }

  @Test
  void aPartThatTheLogDoesNotHaveIsRefused() {
    var rule = "{tpm: {image: {linux: %s}}}".formatted("99".repeat(32));
    assertDenied(decide(TOLERATED, rule, TestClaims.tpm(VOUCHED)), ReasonId.OTHER_MEASUREMENT);
  }

  @Test
  void whatIsGivenToTheImageFromOutsideIsRefusedUnlessTheRuleNamesIt() {
    var given = TestClaims.tpm(VOUCHED, "77".repeat(32));
    assertDenied(decide(TOLERATED, RULE, given), ReasonId.GIVEN_FROM_OUTSIDE);
    var naming = "{tpm: {pcrs: {11: %s, 12: %s}}}".formatted(TestClaims.PCR, "77".repeat(32));
    assertAccepted(decide(TOLERATED, naming, given));
  }

  @Test
  void aListOfPlatformsNamesTpmsByTheirKey() {
    var terms = "{tolerate: tpm-evidence, platforms: 'TPM_KEY:%s'}";
    assertAccepted(decide(terms.formatted(TestClaims.TPM_KEY), RULE, TestClaims.tpm(VOUCHED)));
    assertDenied(
        decide(terms.formatted("00".repeat(32)), RULE, TestClaims.tpm(VOUCHED)),
        ReasonId.PLATFORM_NOT_LISTED);
  }

  private static Session session(String terms, String rule) {
    var yaml =
        """
        name: a
        version: "0.3"
        security: {attestation: %s}
        services:
          - name: app
            command: app
            attestation: [%s]
        """
            .formatted(terms, rule);
    return switch (SessionParser.read(new SourceFile("s.yaml", yaml))) {
      case Parsed.Valid<Session>(var value, _) -> value;
      case Parsed.Invalid<Session>(var problems) -> throw new AssertionError(problems);
    };
  }
}
