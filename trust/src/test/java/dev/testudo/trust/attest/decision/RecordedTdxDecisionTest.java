package dev.testudo.trust.attest.decision;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import org.junit.jupiter.api.Test;

/// Policies decide on recorded quotes of TDX. All of these platforms have hyperthreading on.
class RecordedTdxDecisionTest {
  private static final String OTHER = "ab".repeat(48);
  private static final String THREADS = "tolerate: [hyperthreading]";

  private final Vector google = Vectors.one("tdx/v4-gcp-cos-113");

  private static String value(Vector vector, String name) {
    return RecordedClaims.value(vector, name);
  }

  /// A rule for the firmware and for what it has started.
  private static String rule(Vector vector, String kernel) {
    return "- tdx: {mrtd: %s, rtmr: {0: %s, 1: %s, 2: %s}}"
        .formatted(value(vector, "mrTd"), value(vector, "rtmr0"), kernel, value(vector, "rtmr2"));
  }

  private static String firmware(Vector vector) {
    return "tdx: {mrtd: %s}".formatted(value(vector, "mrTd"));
  }

  @Test
  void aDomainIsAcceptedByItsFirmwareAndWhatThatHasStarted() {
    var accepted =
        RecordedClaims.of(google)
            .assertAccepted(
                """
                hyperthreading: on, as the PCK certificate says, tolerated (`hyperthreading` at s.yaml:4:28): a thread on the same core can observe the program
                pck-crl-platform ends at 2025-11-12T10:45:32Z""",
                RecordedClaims.session(THREADS, rule(google, value(google, "rtmr1"))));
    assertTrue(accepted.hardwareAttested());
  }

  @Test
  void anotherKernelIsDeniedAndTheRuleThatLacksLessComesFirst() {
    var rules =
        "- tdx: {mrtd: %s, mrowner: %s}\n      ".formatted(OTHER, OTHER) + rule(google, OTHER);
    RecordedClaims.of(google)
        .assertDenied(
            """
            nearest rule at s.yaml:10:9: 1 of 4 requirements is not met
            rtmr 1: expected %1$s, seen %2$s (s.yaml:10:230)
            mrtd: expected %1$s, seen %3$s (s.yaml:9:21)
            mrowner: expected %1$s, seen %4$s (s.yaml:9:128)
            hyperthreading: expected off (`tolerate` does not list `hyperthreading`), seen on, as the PCK certificate says (s.yaml:3:1)
            this platform is accepted with these additions to `attestation` in `security` (s.yaml:3:1); each gives something away:
              tolerate: [hyperthreading]
                # `hyperthreading`: a thread on the same core can observe the program"""
                .formatted(
                    OTHER, value(google, "rtmr1"), value(google, "mrTd"), value(google, "mrOwner")),
            RecordedClaims.session("", rules));
  }

  @Test
  void aServiceDomainIsDeniedUnlessTheRuleNamesIt() {
    var alibaba = Vectors.one("tdx/v5-alibaba");
    var recorded = RecordedClaims.of(alibaba);
    var bound = value(alibaba, "mrServiceTd");
    recorded.assertDenied(
        """
        nearest rule at s.yaml:9:7: 1 of 2 requirements is not met
        mrservicetd: expected no service domain (the rule has no `mrservicetd`), seen %s (s.yaml:9:13)"""
            .formatted(bound),
        RecordedClaims.session(THREADS, firmware(alibaba)));
    recorded.accept(
        RecordedClaims.session(
            THREADS, "tdx: {mrtd: %s, mrservicetd: %s}".formatted(value(alibaba, "mrTd"), bound)));
  }

  @Test
  void aDomainThatIsOlderThanTheModuleNeedsTheWordForAnOldTcb() {
    var relaunch = Vectors.one("tdx/v5-relaunch-advised");
    var recorded = RecordedClaims.of(relaunch);
    recorded.assertDenied(
        """
        the rule at s.yaml:9:7 is met; the session requires more
        TCB status: expected a better one (`tolerate` does not list `outdated-tcb`), seen TDRelaunchAdvised (TDX module OutOfDate, level of 2024-03-13, TDX module SVN is 4, wanted 6) (s.yaml:3:1)
        advisories: expected only those that `ignore_advisories` lists, seen INTEL-SA-01036, INTEL-SA-01099 (s.yaml:3:1)
        this platform is accepted with these additions to `attestation` in `security` (s.yaml:3:1); each gives something away:
          tolerate: [outdated-tcb]
            # `outdated-tcb`: the platform lacks fixes that exist
          ignore_advisories: [INTEL-SA-01036, INTEL-SA-01099]
            # the platform is open to what INTEL-SA-01036, INTEL-SA-01099 describe""",
        RecordedClaims.session(THREADS, firmware(relaunch)));
    recorded.accept(
        RecordedClaims.session(
            "tolerate: [hyperthreading, outdated-tcb], ignore_advisories: [INTEL-SA-01036, INTEL-SA-01099]",
            firmware(relaunch)));
  }

  /// Intel's level of 2018 lists no advisory, so only a minimum refuses it once old TCBs are
  /// tolerated.
  @Test
  void aTcbOfYearsAgoIsDeniedByAMinimumThatNoWordLowers() {
    var old = Vectors.one("tdx/v4-module03-outofdate");
    var terms = "tolerate: [hyperthreading, outdated-tcb]";
    var recorded = RecordedClaims.of(old);
    recorded.accept(RecordedClaims.session(terms, firmware(old)));
    recorded.assertDenied(
        """
        the rule at s.yaml:9:7 is met; the session requires more
        TCB date: expected 2023-01-01 or later, seen 2018-01-04 (s.yaml:4:59)""",
        RecordedClaims.session(terms + ", min_tcb_date: 2023-01-01", firmware(old)));
  }
}
