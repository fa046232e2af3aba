package dev.testudo.policy.decision;

import static dev.testudo.policy.decision.Deciding.assertAccepted;
import static dev.testudo.policy.decision.Deciding.assertDenied;
import static dev.testudo.policy.decision.Deciding.assertNeedsWord;
import static dev.testudo.policy.decision.Deciding.decide;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What is accepted of confidential virtual machines.
class MachineDecisionTest {
  private static final String OTHER = "99".repeat(48);
  private static final String ZEROS = "00".repeat(48);
  private static final String TDX = "{tdx: {mrtd: %s}}".formatted(TestClaims.MRTD);
  private static final String SNP = "{sev_snp: {measurement: %s}}".formatted(TestClaims.LAUNCHED);

  @Test
  void aDomainMustHaveEveryDemandedValue() {
    var rule =
        "{tdx: {mrtd: [%s, %s], rtmr: {0: %s, 3: %s}, mrconfigid: %s}}"
            .formatted(
                OTHER,
                TestClaims.MRTD,
                "10".repeat(48),
                "40".repeat(48).toUpperCase(java.util.Locale.ROOT),
                TestClaims.CONFIG);
    assertTrue(assertAccepted(decide("{}", rule, TestClaims.tdx())).hardwareAttested());
    var denied =
        assertDenied(
            decide("{}", rule.replace("40".repeat(3), "41".repeat(3)), TestClaims.tdx()),
            ReasonId.OTHER_MEASUREMENT);
    assertEquals("rtmr 3", denied.reasons().getFirst().requirement());
    assertEquals(
        "nearest rule at s.yaml:7:19: 1 of 4 requirements is not met", denied.lines().getFirst());
  }

  @Test
  void aServiceDomainIsRefusedUnlessTheRuleNamesIt() {
    var bound = TestClaims.tdx(TestClaims.SAFE_DOMAIN, "88".repeat(48), Optional.empty());
    assertDenied(decide("{}", TDX, bound), ReasonId.SERVICE_DOMAIN_BOUND);
    var naming = "{tdx: {mrtd: %s, mrservicetd: %s}}";
    assertAccepted(decide("{}", naming.formatted(TestClaims.MRTD, "88".repeat(48)), bound));
    assertDenied(
        decide("{}", naming.formatted(TestClaims.MRTD, ZEROS), bound), ReasonId.OTHER_MEASUREMENT);
  }

  @Test
  void evidenceOfAnotherKindIsItsOwnReason() {
    var evidence = List.of(TestClaims.sgx("ab".repeat(32)), TestClaims.tdx(), TestClaims.snp());
    var rules = List.of("{mrenclave: %s}".formatted("ab".repeat(32)), TDX, SNP);
    var kinds = List.of("sgx", "tdx", "sev-snp");
    for (var rule = 0; rule < rules.size(); rule++) {
      for (var seen = 0; seen < evidence.size(); seen++) {
        var decision = decide("{}", rules.get(rule), evidence.get(seen));
        if (rule == seen) {
          assertAccepted(decision);
        } else {
          var denied = assertDenied(decision, ReasonId.OTHER_KIND_OF_EVIDENCE);
          var reason = denied.reasons().getFirst();
          assertEquals(kinds.get(rule) + ", which the rule is for", reason.expected());
          assertEquals(kinds.get(seen), reason.seen());
        }
      }
    }
  }

  @Test
  void theNearestRuleIsOneForTheKindOfEvidence() {
    var far = "{sev_snp: {measurement: %s, host_data: %s}}".formatted(OTHER, "99".repeat(32));
    var denied =
        assertDenied(
            decide("{}", "[%s, %s]".formatted(TDX, far), TestClaims.snp()),
            ReasonId.OTHER_MEASUREMENT,
            ReasonId.OTHER_MEASUREMENT,
            ReasonId.OTHER_KIND_OF_EVIDENCE);
    var column = 20 + "[, ".length() + TDX.length() - 1;
    assertEquals(
        "nearest rule at s.yaml:7:%d: 2 of 2 requirements are not met".formatted(column),
        denied.lines().getFirst());
    assertEquals(
        List.of("measurement", "host_data", "evidence"),
        denied.reasons().stream().map(Decision.Reason::requirement).toList());
  }

  @Test
  void aGuestIsKnownByItsOwnersKeyImageAndVersion() {
    var rule =
        "{sev_snp: {id_key: {digest: %s, image_id: %s, guest_svn_min: %d, guest_svn_max: %d}}}";
    for (var good : List.of(List.of(5, 5), List.of(0, 9))) {
      var text =
          rule.formatted(TestClaims.ID_KEY, TestClaims.IMAGE, good.getFirst(), good.getLast());
      assertAccepted(decide("{}", text, TestClaims.snp()));
    }
    for (var wrong : List.of(List.of(6, 9), List.of(0, 4))) {
      var text =
          rule.formatted(TestClaims.ID_KEY, TestClaims.IMAGE, wrong.getFirst(), wrong.getLast());
      assertDenied(decide("{}", text, TestClaims.snp()), ReasonId.VERSION_OUT_OF_RANGE);
    }
    assertDenied(
        decide("{}", rule.formatted(OTHER, TestClaims.IMAGE, 5, 5), TestClaims.snp()),
        ReasonId.OTHER_MEASUREMENT);
  }

  @Test
  void aLessPrivilegedLevelIsRefusedUnlessTheRuleNamesIt() {
    var guest = TestClaims.snp(TestClaims.SAFE_GUEST, 2, TestClaims.amd(0x24, true));
    assertDenied(decide("{}", SNP, guest), ReasonId.OTHER_PRIVILEGE_LEVEL);
    assertAccepted(decide("{}", at("2"), guest));
    assertAccepted(decide("{}", at("[0, 2]"), guest));
    assertDenied(decide("{}", at("1"), guest), ReasonId.OTHER_PRIVILEGE_LEVEL);
  }

  private static String at(String vmpl) {
    return "{sev_snp: {measurement: %s, vmpl: %s}}".formatted(TestClaims.LAUNCHED, vmpl);
  }

  @Test
  void eachVersionOfTheFirmwareHasItsOwnMinimumThatNoWordLowers() {
    var rule = "{sev_snp: {measurement: %s, min_tcb: {%s: {snp: %d}}}}";
    var versions = List.of("committed", "launch", "reported");
    for (var i = 0; i < versions.size(); i++) {
      var reached = 22 + i;
      assertAccepted(
          decide(
              "{}",
              rule.formatted(TestClaims.LAUNCHED, versions.get(i), reached),
              TestClaims.snp()));
      var denied =
          assertDenied(
              decide(
                  "{tolerate: [outdated-tcb]}",
                  rule.formatted(TestClaims.LAUNCHED, versions.get(i), reached + 1),
                  TestClaims.snp()),
              ReasonId.FIRMWARE_BELOW_MINIMUM);
      assertEquals(
          "snp is %d, wanted %d".formatted(reached, reached + 1),
          denied.reasons().getFirst().seen());
    }
  }

  @Test
  void aChipThatTheHostMasksIsNotListed() {
    var listed =
        "{sev_snp: {measurement: %s, chip_ids: %s}}"
            .formatted(TestClaims.LAUNCHED, TestClaims.CHIP);
    assertAccepted(decide("{}", listed, TestClaims.snp()));
    var masked =
        TestClaims.snp(TestClaims.SAFE_GUEST, 0, TestClaims.amd(0x24, true, Optional.empty()));
    assertDenied(decide("{}", listed, masked), ReasonId.PLATFORM_NOT_LISTED);
    var terms = "{platforms: 'AMD_CHIP_ID:%s'}".formatted(TestClaims.CHIP);
    assertAccepted(decide(terms, SNP, TestClaims.snp()));
    assertDenied(decide(terms, SNP, masked), ReasonId.PLATFORM_NOT_LISTED);
  }

  @Test
  void theShortChipIdsOfTurinAreTakenAsTheyAre() {
    var chip = "0123456789abcdef" + "0".repeat(112);
    var turin =
        TestClaims.snp(TestClaims.SAFE_GUEST, 0, TestClaims.amd(0x24, true, Optional.of(chip)));
    var rule =
        "{sev_snp: {measurement: %s, chip_ids: 0123456789ABCDEF}}".formatted(TestClaims.LAUNCHED);
    assertAccepted(decide("{}", rule, turin));
  }

  @Test
  void eachWeaknessOfAGuestNeedsItsWord() {
    assertNeedsWord(
        "debug-mode",
        ReasonId.DEBUG_MODE,
        SNP,
        TestClaims.snp(TestClaims.SAFE_GUEST | 1 << 19, 0, TestClaims.amd(0x24, true)));
    assertNeedsWord(
        "migration-agent",
        ReasonId.MIGRATION_AGENT,
        SNP,
        TestClaims.snp(TestClaims.SAFE_GUEST | 1 << 18, 0, TestClaims.amd(0x24, true)));
    assertNeedsWord(
        "hyperthreading",
        ReasonId.HYPERTHREADING,
        SNP,
        TestClaims.snp(TestClaims.SAFE_GUEST, 0, TestClaims.amd(0x25, true)));
    assertNeedsWord(
        "unknown-generation",
        ReasonId.UNKNOWN_GENERATION,
        SNP,
        TestClaims.snp(TestClaims.SAFE_GUEST, 0, TestClaims.amd(0x24, false)));
  }

  @Test
  void aGuestBehindAParavisorIsKnownByItsRegistersOnly() {
    var pcrs = new TreeMap<Integer, String>();
    pcrs.put(4, "04".repeat(32));
    pcrs.put(11, "11".repeat(32));
    var snp = TestClaims.behind(TestClaims.paravisor(pcrs));
    EvidenceClaims tdx =
        TestClaims.tdx(TestClaims.SAFE_DOMAIN, ZEROS, Optional.of(TestClaims.paravisor(pcrs)));
    assertDenied(decide("{}", SNP, snp), ReasonId.GUEST_NOT_MEASURED);
    assertDenied(decide("{}", TDX, tdx), ReasonId.GUEST_NOT_MEASURED);
    var demands =
        "{measurement: %s, pcrs: {4: %s, 11: %s}}"
            .formatted(TestClaims.LAUNCHED, "04".repeat(32), "11".repeat(32));
    assertAccepted(decide("{}", "{sev_snp: %s}".formatted(demands), snp));
    assertDenied(
        decide("{}", "{sev_snp: %s}".formatted(demands), TestClaims.snp()),
        ReasonId.OTHER_MEASUREMENT,
        ReasonId.OTHER_MEASUREMENT);
    var absent = "{tdx: {mrtd: %s, pcrs: {5: %s}}}".formatted(TestClaims.MRTD, "05".repeat(32));
    assertDenied(decide("{}", absent, tdx), ReasonId.OTHER_MEASUREMENT);
  }
}
