package dev.testudo.policy.decision;

import static dev.testudo.policy.decision.Deciding.assertAccepted;
import static dev.testudo.policy.decision.Deciding.assertDenied;
import static dev.testudo.policy.decision.Deciding.assertNeedsWord;
import static dev.testudo.policy.decision.Deciding.decide;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.IntelTcb;
import dev.testudo.policy.evidence.Root;
import dev.testudo.policy.evidence.TcbStatus;
import dev.testudo.policy.evidence.TdAttributes;
import dev.testudo.policy.session.Tolerance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is accepted of Intel platforms.
class IntelDecisionTest {
  private static final String CODE = "ab".repeat(32);
  private static final String RULE = "{mrenclave: %s}".formatted(CODE);
  private static final String DOMAIN = "{tdx: {mrtd: %s}}".formatted(TestClaims.MRTD);

  private static EvidenceClaims.Sgx with(IntelTcb tcb) {
    return TestClaims.sgx(CODE, TestClaims.intel(tcb));
  }

  @Test
  void debugModeIsRefusedUnlessToleratedAndNeverCalledAttested() {
    var enclave = TestClaims.debugged(CODE);
    var accepted = assertNeedsWord("debug-mode", ReasonId.DEBUG_MODE, RULE, enclave);
    assertFalse(accepted.hardwareAttested());
    var domain = TestClaims.tdx("0100001000000000", "00".repeat(48), Optional.empty());
    assertTrue(new TdAttributes("0100001000000000").debug());
    assertTrue(new TdAttributes("1000001000000000").debug(), "a bit that lets the host profile");
    assertTrue(new TdAttributes("8000001000000000").debug(), "a bit without a meaning yet");
    assertFalse(new TdAttributes("0001001000000000").debug(), "bit 8 is in another group");
    assertNeedsWord("debug-mode", ReasonId.DEBUG_MODE, DOMAIN, domain);
  }

  @Test
  void aTestRootIsRefusedUnlessToleratedAndNeverCalledAttested() {
    var platform = TestClaims.intel(TestClaims.endorsement(Root.TEST));
    var accepted =
        assertNeedsWord("test-root", ReasonId.TEST_ROOT, RULE, TestClaims.sgx(CODE, platform));
    assertFalse(accepted.hardwareAttested());
    var unjudged = assertAccepted(decide("{mode: none}", RULE, TestClaims.sgx(CODE, platform)));
    assertFalse(unjudged.hardwareAttested());
  }

  @Test
  void threadsOnOneCoreNeedAWord() {
    var evidence = TestClaims.sgx(CODE, TestClaims.withThreads());
    var accepted = assertNeedsWord("hyperthreading", ReasonId.HYPERTHREADING, RULE, evidence);
    assertTrue(accepted.hardwareAttested());
  }

  @Test
  void aDomainThatTheHostCanMakeHandlePagesNeedsAWord() {
    var domain = TestClaims.tdx("0000000000000000", "00".repeat(48), Optional.empty());
    assertNeedsWord("sept-ve", ReasonId.SEPT_VE, DOMAIN, domain);
  }

  @ParameterizedTest
  @EnumSource(
      value = TcbStatus.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"UP_TO_DATE", "REVOKED"})
  void eachStatusNeedsItsWordsAndAllItsAdvisories(TcbStatus status) {
    var words =
        Stream.of(
                status.outdated() ? "outdated-tcb" : "",
                status.configuration() ? "insecure-configuration" : "",
                status.hardening() ? "software-hardening-needed" : "")
            .filter(word -> !word.isEmpty())
            .toList();
    var evidence = with(TestClaims.tcb(status, "INTEL-SA-00615", "INTEL-SA-00828"));
    var all = String.join(", ", words);
    assertAccepted(
        decide(
            "{tolerate: [%s], ignore_advisories: [INTEL-SA-00828, INTEL-SA-00615]}".formatted(all),
            RULE,
            evidence));
    for (var missing : words) {
      var others = words.stream().filter(word -> !word.equals(missing)).toList();
      var terms = "{tolerate: %s, ignore_advisories: '*'}".formatted(others);
      assertDenied(decide(terms, RULE, evidence), ReasonId.TCB_STATUS);
    }
    var one = "{tolerate: [%s], ignore_advisories: [INTEL-SA-00615]}".formatted(all);
    var denied = assertDenied(decide(one, RULE, evidence), ReasonId.ADVISORY_NOT_IGNORED);
    assertEquals("INTEL-SA-00828", denied.reasons().getFirst().seen());
  }

  @Test
  void aRevokedPlatformIsRefusedWhateverIsTolerated() {
    var everything =
        "{tolerate: %s, ignore_advisories: '*'}"
            .formatted(
                Stream.of(Tolerance.values())
                    .filter(word -> word != Tolerance.SOFTWARE_EVIDENCE)
                    .toList());
    var evidence = with(TestClaims.tcb(TcbStatus.REVOKED));
    assertDenied(decide(everything, RULE, evidence), ReasonId.TCB_REVOKED);
    assertFalse(assertAccepted(decide("{mode: none}", RULE, evidence)).hardwareAttested());
  }

  @Test
  void aDenialShowsWhatIsMissingAndTheLinesThatWouldAcceptIt() {
    var evidence = with(TestClaims.tcb(TcbStatus.OUT_OF_DATE, "INTEL-SA-00615", "INTEL-SA-00828"));
    var denied =
        assertDenied(
            decide(
                "{ignore_advisories: [{id: INTEL-SA-00615, until: 2025-12-31}]}", RULE, evidence),
            ReasonId.TCB_STATUS,
            ReasonId.ADVISORY_NOT_IGNORED);
    assertEquals(
        """
        the rule at s.yaml:7:19 is met; the session requires more
        TCB status: expected a better one (`tolerate` does not list `outdated-tcb`), seen OutOfDate (platform OutOfDate, level of 2024-03-13, SGX component 7 is 3, wanted 5) (s.yaml:3:1)
        advisories: expected only those that `ignore_advisories` lists, seen INTEL-SA-00615 (ignored until 2025-12-31, s.yaml:3:51), INTEL-SA-00828 (s.yaml:3:1)
        this platform is accepted with these additions to `attestation` in `security` (s.yaml:3:1); each gives something away:
          tolerate: [outdated-tcb]
            # `outdated-tcb`: the platform lacks fixes that exist
          ignore_advisories: [INTEL-SA-00615, INTEL-SA-00828]
            # the platform is open to what INTEL-SA-00615, INTEL-SA-00828 describe\
        """,
        denied.text());
  }

  @Test
  void anAdvisoryIsIgnoredToTheEndOfItsLastDay() {
    var evidence = with(TestClaims.tcb(TcbStatus.UP_TO_DATE, "INTEL-SA-00615"));
    var terms = "{ignore_advisories: [{id: INTEL-SA-00615, reason: seen, until: %s}]}";
    assertAccepted(decide(terms.formatted("2026-01-01"), RULE, evidence));
    assertDenied(
        decide(terms.formatted("2025-12-31"), RULE, evidence), ReasonId.ADVISORY_NOT_IGNORED);
  }

  @Test
  void aShortcutStandsForItsAdvisory() {
    for (var word : List.of("hyperthreading", "insecure-igpu", "aepic-leak")) {
      var id = Tolerance.parse(word).flatMap(Tolerance::advisory).orElseThrow();
      var evidence = with(TestClaims.tcb(TcbStatus.UP_TO_DATE, id));
      assertDenied(decide("{}", RULE, evidence), ReasonId.ADVISORY_NOT_IGNORED);
      assertAccepted(decide("{tolerate: %s}".formatted(word), RULE, evidence));
    }
  }

  @Test
  void aTcbOlderThanTheMinimaIsRefused() {
    var evidence = with(TestClaims.tcb(TcbStatus.UP_TO_DATE));
    assertAccepted(
        decide("{min_tcb_evaluation_number: 17, min_tcb_date: 2024-03-13}", RULE, evidence));
    var denied =
        assertDenied(
            decide("{min_tcb_evaluation_number: 18, min_tcb_date: 2024-03-14}", RULE, evidence),
            ReasonId.TCB_TOO_OLD,
            ReasonId.TCB_TOO_OLD);
    assertEquals(
        List.of("17", "2024-03-13"), denied.reasons().stream().map(Decision.Reason::seen).toList());
  }

  @Test
  void endedDocumentsAreRefusedBeyondTheGraceAndShownWithin() {
    var evidence = TestClaims.sgx(CODE);
    var grace = "{collateral_grace: 2 days}";
    var later = TestClaims.END.plus(Duration.ofDays(2));
    assertAccepted(decide("{}", RULE, evidence, TestClaims.END));
    var denied =
        assertDenied(
            decide("{}", RULE, evidence, TestClaims.END.plusSeconds(1)), ReasonId.COLLATERAL_ENDED);
    assertEquals("  collateral_grace: 1 days", denied.advice().get(1));
    var accepted = assertAccepted(decide(grace, RULE, evidence, later));
    assertTrue(accepted.hardwareAttested());
    assertEquals(
        List.of(Remark.Kind.GRACE), accepted.remarks().stream().map(Remark::kind).toList());
    assertDenied(decide(grace, RULE, evidence, later.plusSeconds(1)), ReasonId.COLLATERAL_ENDED);
  }

  @Test
  void whereNobodyAttestsHardwareIsShownOnlyWhileItsDocumentsHold() {
    var evidence = TestClaims.sgx(CODE);
    assertTrue(
        assertAccepted(decide("{mode: none}", RULE, evidence, TestClaims.END)).hardwareAttested());
    assertFalse(
        assertAccepted(decide("{mode: none}", RULE, evidence, TestClaims.END.plusSeconds(1)))
            .hardwareAttested());
  }

  @Test
  void theSessionListsPlatformsByAnyOfTheirIds() {
    for (var id :
        List.of(
            "INTEL_QE_ID:" + TestClaims.QE_ID,
            "INTEL_PPID:" + TestClaims.PPID,
            "INTEL_PLATFORM_INSTANCE_ID:" + TestClaims.INSTANCE)) {
      assertAccepted(decide("{platforms: '%s'}".formatted(id), RULE, TestClaims.sgx(CODE)));
    }
    assertDenied(
        decide(
            "{platforms: 'INTEL_PPID:%s'}".formatted("9".repeat(32)), RULE, TestClaims.sgx(CODE)),
        ReasonId.PLATFORM_NOT_LISTED);
  }
}
