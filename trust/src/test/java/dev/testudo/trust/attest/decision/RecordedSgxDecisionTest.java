package dev.testudo.trust.attest.decision;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Policies decide on recorded quotes of SGX.
class RecordedSgxDecisionTest {
  private static final String OTHER = "ab".repeat(32);

  private final Vector hardening = Vectors.one("sgx/icelake-hardening");
  private final Vector debug = Vectors.one("sgx/debug-outofdate-eval17");

  /// A session with terms for platforms and one rule that names the enclave.
  private static String session(Vector vector, String terms) {
    return RecordedClaims.session(terms, "mrenclave: " + RecordedClaims.value(vector, "mrEnclave"));
  }

  @Test
  void theRefusalHasTheLinesThatAcceptThisPlatform() {
    var recorded = RecordedClaims.of(hardening);
    recorded.assertDenied(
        """
        the rule at s.yaml:9:7 is met; the session requires more
        TCB status: expected a better one (`tolerate` does not list `software-hardening-needed`), seen SWHardeningNeeded (platform SWHardeningNeeded, level of 2024-03-13) (s.yaml:3:1)
        advisories: expected only those that `ignore_advisories` lists, seen INTEL-SA-00615 (s.yaml:3:1)
        this platform is accepted with these additions to `attestation` in `security` (s.yaml:3:1); each gives something away:
          tolerate: [software-hardening-needed]
            # `software-hardening-needed`: only programs that harden themselves are safe
          ignore_advisories: [INTEL-SA-00615]
            # the platform is open to what INTEL-SA-00615 describes""",
        session(hardening, ""));
    var accepted =
        recorded.assertAccepted(
            """
            TCB status: SWHardeningNeeded (platform SWHardeningNeeded, level of 2024-03-13), tolerated (`software-hardening-needed` at s.yaml:4:28): only programs that harden themselves are safe
            INTEL-SA-00615 is ignored (s.yaml:4:76)
            sgx-qe-identity ends at 2025-09-14T04:36:46Z""",
            session(
                hardening,
                "tolerate: [software-hardening-needed], ignore_advisories: [INTEL-SA-00615]"));
    assertTrue(accepted.hardwareAttested());
  }

  @Test
  void whatTheNearestRuleLacksComesFirstAndRulesForOtherKindsLast() {
    var signer = RecordedClaims.value(hardening, "mrSigner");
    var rules =
        """
        - tdx: {mrtd: %s}
              - mrenclave: %s
                signer: {mrsigner: %s, isvprodid: 7, isvsvn_min: 1}
              - signer: {mrsigner: %s, isvprodid: 0, isvsvn_min: 1}"""
            .formatted("cd".repeat(48), OTHER, signer, signer);
    RecordedClaims.of(hardening)
        .assertDenied(
            """
            nearest rule at s.yaml:12:9: 1 of 3 requirements is not met
            isvsvn: expected at least 1, seen 0 (s.yaml:12:28)
            measurement: expected %s, seen %s (s.yaml:10:20)
            isvprodid: expected 7, seen 0 (s.yaml:11:28)
            isvsvn: expected at least 1, seen 0 (s.yaml:11:28)
            evidence: expected tdx, which the rule is for, seen sgx (s.yaml:9:9)"""
                .formatted(OTHER, RecordedClaims.value(hardening, "mrEnclave")),
            RecordedClaims.session(
                "tolerate: [software-hardening-needed], ignore_advisories: [INTEL-SA-00615]",
                rules));
  }

  @Test
  void aSignerIsAcceptedWithItsProductAndVersions() {
    RecordedClaims.of(debug)
        .assertAccepted(
            """
            debug mode: on, tolerated (`debug-mode` at s.yaml:4:28): the host can read and change the program
            TCB status: OutOfDate (platform OutOfDate, level of 2023-02-15, SGX component 1 is 20, wanted 21, SGX component 2 is 20, wanted 21), tolerated (`outdated-tcb` at s.yaml:4:40): the platform lacks fixes that exist
            INTEL-SA-00219 is ignored (s.yaml:4:75)
            INTEL-SA-00289 is ignored (s.yaml:4:75)
            INTEL-SA-00334 is ignored (s.yaml:4:75)
            INTEL-SA-00615 is ignored (s.yaml:4:75)
            INTEL-SA-00828 is ignored (s.yaml:4:75)
            sgx-qe-identity ends at 2025-06-26T19:05:27Z""",
            RecordedClaims.session(
                "tolerate: [debug-mode, outdated-tcb], ignore_advisories: ['*']",
                "signer: {mrsigner: %s, isvprodid: 1, isvsvn_min: 1, isvsvn_max: 1}"
                    .formatted(RecordedClaims.value(debug, "mrSigner"))));
  }

  @Test
  void debugModeIsToleratedAndNeverCalledAttested() {
    var accepted =
        RecordedClaims.of(debug)
            .accept(
                session(debug, "tolerate: [debug-mode, outdated-tcb], ignore_advisories: ['*']"));
    assertFalse(accepted.hardwareAttested());
  }

  /// The same quote with Intel's documents of the same day: the early ones list one advisory more.
  @Test
  void anAdvisoryThatIntelDisclosesLaterIsNotIgnored() {
    var terms =
        "tolerate: [debug-mode, outdated-tcb], ignore_advisories: [INTEL-SA-00219, INTEL-SA-00289, INTEL-SA-00334, INTEL-SA-00615, INTEL-SA-00828]";
    RecordedClaims.of(debug).accept(session(debug, terms));
    var early = Vectors.one("sgx/debug-outofdate-eval19");
    RecordedClaims.of(early)
        .assertDenied(
            """
            the rule at s.yaml:9:7 is met; the session requires more
            advisories: expected only those that `ignore_advisories` lists, seen INTEL-SA-01153 (s.yaml:3:1)
            this platform is accepted with these additions to `attestation` in `security` (s.yaml:3:1); each gives something away:
              ignore_advisories: [INTEL-SA-01153]
                # the platform is open to what INTEL-SA-01153 describes""",
            session(early, terms));
  }

  @Test
  void anAdvisoryIsIgnoredUntilTheEndOfTheDay() {
    var terms =
        "tolerate: [software-hardening-needed], ignore_advisories: [{id: INTEL-SA-00615, reason: no MMIO, until: 2025-09-01}]";
    RecordedClaims.of(hardening, Instant.parse("2025-09-01T23:59:59.999Z"))
        .assertAccepted(
            """
            TCB status: SWHardeningNeeded (platform SWHardeningNeeded, level of 2024-03-13), tolerated (`software-hardening-needed` at s.yaml:4:28): only programs that harden themselves are safe
            INTEL-SA-00615 is ignored until 2025-09-01, because: no MMIO (s.yaml:4:81)
            sgx-qe-identity ends at 2025-09-14T04:36:46Z""",
            session(hardening, terms));
    RecordedClaims.of(hardening, Instant.parse("2025-09-02T00:00:00Z"))
        .assertDenied(
            """
            the rule at s.yaml:9:7 is met; the session requires more
            advisories: expected only those that `ignore_advisories` lists, seen INTEL-SA-00615 (ignored until 2025-09-01, s.yaml:4:81) (s.yaml:3:1)
            this platform is accepted with these additions to `attestation` in `security` (s.yaml:3:1); each gives something away:
              ignore_advisories: [INTEL-SA-00615]
                # the platform is open to what INTEL-SA-00615 describes""",
            session(hardening, terms));
  }

  @Test
  void thePlatformMustBeListedByOneOfItsIds() {
    var terms = "tolerate: [software-hardening-needed], ignore_advisories: [INTEL-SA-00615]";
    var rule = "mrenclave: " + RecordedClaims.value(hardening, "mrEnclave");
    var recorded = RecordedClaims.of(hardening);
    for (var id :
        List.of(
            "INTEL_QE_ID:F28DDA234595E56EAEB7CE9B681A62CD",
            "INTEL_PPID:186950b6d8d014d89f0c144d1d90ebad",
            "INTEL_PLATFORM_INSTANCE_ID:7f96822f9d6421e505d4f256f65c5338")) {
      recorded.accept(RecordedClaims.session(terms, rule, "    platforms: '%s'\n".formatted(id)));
    }
    recorded.assertDenied(
        """
        the rule at s.yaml:9:7 is met; the session requires more
        platform: expected INTEL_PPID:7f96822f9d6421e505d4f256f65c5338, seen INTEL_QE_ID:f28dda234595e56eaeb7ce9b681a62cd and INTEL_PPID:186950b6d8d014d89f0c144d1d90ebad and INTEL_PLATFORM_INSTANCE_ID:7f96822f9d6421e505d4f256f65c5338 (s.yaml:10:16)""",
        RecordedClaims.session(
            terms, rule, "    platforms: 'INTEL_PPID:7f96822f9d6421e505d4f256f65c5338'\n"));
  }

  /// The QE identity of that day knows of fewer recovery events than the TCB info; the lower number
  /// counts.
  @Test
  void theMinimaOfTheTcbAreNotTolerated() {
    var early = Vectors.one("sgx/debug-outofdate-eval19");
    var tolerant = "tolerate: [debug-mode, outdated-tcb], ignore_advisories: ['*'], ";
    var recorded = RecordedClaims.of(early);
    recorded.accept(
        session(early, tolerant + "min_tcb_evaluation_number: 17, min_tcb_date: 2023-02-15"));
    recorded.assertDenied(
        """
        the rule at s.yaml:9:7 is met; the session requires more
        tcbEvaluationDataNumber: expected at least 18, seen 17 (s.yaml:4:81)
        TCB date: expected 2023-02-16 or later, seen 2023-02-15 (s.yaml:4:112)""",
        session(early, tolerant + "min_tcb_evaluation_number: 18, min_tcb_date: 2023-02-16"));
  }

  /// Three documents ended on one morning; on the third day after, the last minutes differ.
  @Test
  void endedDocumentsCountAsLongAsTheGraceSays() {
    var terms = "tolerate: [software-hardening-needed], ignore_advisories: [INTEL-SA-00615]";
    var later = RecordedClaims.of(hardening, Instant.parse("2025-09-16T05:00:00Z"));
    later.assertDenied(
        """
        the rule at s.yaml:9:7 is met; the session requires more
        sgx-qe-identity: expected one that has not ended, or not longer ago than `collateral_grace`, seen one that ended at 2025-09-14T04:36:46Z (s.yaml:3:1)
        this platform is accepted with these additions to `attestation` in `security` (s.yaml:3:1); each gives something away:
          collateral_grace: 3 days
            # what was revoked or found since the end is not known
            # better: `testudo attest collateral fetch`""",
        session(hardening, terms + ", collateral_grace: 2 days"));
    var accepted =
        later.assertAccepted(
            """
            TCB status: SWHardeningNeeded (platform SWHardeningNeeded, level of 2024-03-13), tolerated (`software-hardening-needed` at s.yaml:4:28): only programs that harden themselves are safe
            INTEL-SA-00615 is ignored (s.yaml:4:76)
            sgx-qe-identity ended at 2025-09-14T04:36:46Z; `collateral_grace` accepts it until 2025-09-17T04:36:46Z
            sgx-tcb-info-00606a000000 ended at 2025-09-14T05:08:18Z; `collateral_grace` accepts it until 2025-09-17T05:08:18Z
            pck-crl-platform ended at 2025-09-14T05:41:26Z; `collateral_grace` accepts it until 2025-09-17T05:41:26Z
            intel-root-crl ends at 2026-04-03T11:21:57Z""",
            session(hardening, terms + ", collateral_grace: 3 days"));
    assertTrue(accepted.hardwareAttested());
  }
}
