package dev.testudo.policy.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.policy.decision.Decision.Accepted;
import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.policy.evidence.Enclave.Signer;
import dev.testudo.policy.evidence.EvidenceClaims.Software;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DecisionTest {
  private static final String GOOD = "ab".repeat(32);
  private static final String OTHER = "cd".repeat(32);

  private static final String TOLERATING = "{attestation: {tolerate: software-evidence}}";

  private static Decision decide(String security, String attestation, Claims claims) {
    var yaml =
        """
        name: a
        version: "0.3"
        security: %s
        services:
          - name: app
            command: app
            attestation: %s
        """
            .formatted(security, attestation);
    var session =
        switch (SessionParser.read(new SourceFile("s.yaml", yaml))) {
          case Parsed.Valid<Session>(var value, _) -> value;
          case Parsed.Invalid<Session>(var problems) -> throw new AssertionError(problems);
        };
    return Decision.of(session, session.service("app").orElseThrow(), claims, TestClaims.NOW);
  }

  private static void assertAccepted(boolean hardwareAttested, boolean redeems, Decision decision) {
    var accepted = assertInstanceOf(Accepted.class, decision);
    assertEquals(
        List.of(hardwareAttested, redeems),
        List.of(accepted.hardwareAttested(), accepted.redeems()));
  }

  private static String reasons(Decision decision) {
    return assertInstanceOf(Denied.class, decision).text();
  }

  @Test
  void theRightMeasurementInHardwareIsAccepted() {
    var decision = decide("", "{mrenclave: %s}".formatted(GOOD), evidence(GOOD));
    assertAccepted(true, false, decision);
  }

  @Test
  void anotherMeasurementIsDeniedWithThePolicyLine() {
    var decision = decide("", "{mrenclave: %s}".formatted(GOOD), evidence(OTHER));
    assertEquals(
        """
        nearest rule at s.yaml:7:19: 1 of 1 requirements is not met
        measurement: expected %s, seen %s (s.yaml:7:30)"""
            .formatted(GOOD, OTHER),
        reasons(decision));
  }

  @Test
  void softwareEvidenceNeedsToBeToleratedAndIsNeverCalledAttested() {
    var claims = Claims.withoutToken(new Software(GOOD));
    var rule = "{mrenclave: %s}".formatted(GOOD);
    assertEquals(
        """
        nearest rule at s.yaml:7:19: 1 of 2 requirements is not met
        evidence: expected hardware (`tolerate` does not list `software-evidence`), seen software, not hardware attested (s.yaml:1:7)
        policy: expected a token beside software evidence, seen a rule without one (s.yaml:7:19)""",
        reasons(decide("", rule, claims)));
    var demanding = "{mrenclave: %s, join_token: required}".formatted(GOOD);
    assertAccepted(false, true, decide(TOLERATING, demanding, joining(GOOD, true)));
    assertFalse(decide(TOLERATING, demanding, joining(OTHER, true)) instanceof Accepted);
  }

  @Test
  void oneOfSeveralRulesIsEnough() {
    var rules = "[{mrenclave: %s}, {mrenclave: [%s, %s]}]".formatted(OTHER, OTHER, GOOD);
    assertAccepted(true, false, decide("", rules, evidence(GOOD)));
  }

  @Test
  void allPartsOfARuleMustHold() {
    var rule =
        "{mrenclave: %s, signer: {mrsigner: %s, isvprodid: 1, isvsvn_min: 2, isvsvn_max: 3}}"
            .formatted(GOOD, OTHER);
    var right = new Signer(OTHER, 1, 3);
    assertAccepted(true, false, decide("", rule, signed(right)));
    assertLacks("signer", OTHER, GOOD, decide("", rule, signed(new Signer(GOOD, 1, 3))));
    assertLacks("isvprodid", "1", "2", decide("", rule, signed(new Signer(OTHER, 2, 3))));
    assertLacks("isvsvn", "at least 2", "1", decide("", rule, signed(new Signer(OTHER, 1, 1))));
    assertLacks("isvsvn", "at most 3", "4", decide("", rule, signed(new Signer(OTHER, 1, 4))));
  }

  @Test
  void thePlatformMustBeListedToo() {
    var upper = "INTEL_QE_ID:" + "0A".repeat(16);
    var lower = "INTEL_QE_ID:" + "0a".repeat(16);
    var other = "INTEL_QE_ID:" + "c".repeat(32);
    var service = "{mrenclave: %s}\n    platforms: [%s, '%s']".formatted(GOOD, upper, other);
    for (var listed : List.of("0a".repeat(16), "c".repeat(32))) {
      assertAccepted(true, false, decide("", service, on(listed)));
    }
    var expected = lower + " or " + other;
    var unknown =
        "INTEL_QE_ID:%s and INTEL_PPID:%s and INTEL_PLATFORM_INSTANCE_ID:%s"
            .formatted("0b".repeat(16), "11".repeat(16), "22".repeat(16));
    assertLacks("platform", expected, unknown, decide("", service, on("0b".repeat(16))));
    var demanding =
        "{mrenclave: %s, join_token: required}\n    platforms: %s".formatted(GOOD, upper);
    var software = decide(TOLERATING, demanding, joining(GOOD, true));
    assertLacks("platform", lower, "none", software);
  }

  private static Claims on(String qeId) {
    var signer = new Signer("00".repeat(32), 0, 0);
    return Claims.withoutToken(TestClaims.sgx(GOOD, signer, qeId));
  }

  /// Denied for this one reason.
  private static void assertLacks(
      String requirement, String expected, String seen, Decision decision) {
    var reasons = assertInstanceOf(Denied.class, decision).reasons();
    assertEquals(1, reasons.size(), reasons.toString());
    var reason = reasons.getFirst();
    assertEquals(
        List.of(requirement, expected, seen),
        List.of(reason.requirement(), reason.expected(), reason.seen()));
  }

  @Test
  void softwareEvidenceCountsWithAGoodJoinTokenOnly() {
    var rule = "{mrenclave: %s, join_token: required}".formatted(GOOD);
    var seen =
        Map.of(
            JoinToken.NONE, "none",
            JoinToken.UNKNOWN, "one that is not of this service, or is revoked",
            JoinToken.EXPIRED, "an expired one",
            JoinToken.USED_UP, "one that is used up");
    for (var token : JoinToken.values()) {
      var claims = new Claims(new Software(GOOD), Optional.empty(), token);
      if (token == JoinToken.GOOD) {
        assertAccepted(false, true, decide(TOLERATING, rule, claims));
      } else {
        assertEquals(
            """
            nearest rule at s.yaml:7:19: 1 of 2 requirements is not met
            join token: expected one that CAS made for this service, seen %s (s.yaml:7:19)"""
                .formatted(seen.get(token)),
            reasons(decide(TOLERATING, rule, claims)));
      }
    }
  }

  @Test
  void noUseIsSpentWhereARuleHoldsWithoutTheToken() {
    var rules = "[{mrenclave: %s, join_token: required}, {mrenclave: %s}]".formatted(GOOD, GOOD);
    var claims = new Claims(TestClaims.sgx(GOOD), Optional.empty(), JoinToken.GOOD);
    assertAccepted(true, false, decide("", rules, claims));
    var other = "[{mrenclave: %s, join_token: required}, {mrenclave: %s}]".formatted(GOOD, OTHER);
    assertAccepted(true, true, decide("", other, claims));
  }

  @Test
  void aSessionOfAnOlderVersionIsReadAndItsSoftwareEvidenceDenied() {
    var yaml =
        """
        name: a
        version: "0.3"
        security: %s
        services: [{name: app, command: app, attestation: {mrenclave: %s}}]
        """
            .formatted(TOLERATING, GOOD);
    var source = new SourceFile("s.yaml", yaml);
    assertInstanceOf(Parsed.Invalid.class, SessionParser.read(source));
    var session = ((Parsed.Valid<Session>) SessionParser.stored(source)).value();
    var service = session.service("app").orElseThrow();
    assertEquals(
        """
        nearest rule at s.yaml:4:52: 1 of 2 requirements is not met
        policy: expected a token beside software evidence, seen a rule without one (s.yaml:4:52)""",
        reasons(Decision.of(session, service, joining(GOOD, true), TestClaims.NOW)));
    assertInstanceOf(Accepted.class, Decision.of(session, service, evidence(GOOD), TestClaims.NOW));
  }

  private static Claims evidence(String measurement) {
    return Claims.withoutToken(TestClaims.sgx(measurement));
  }

  private static Claims joining(String measurement, boolean good) {
    return new Claims(
        new Software(measurement), Optional.empty(), good ? JoinToken.GOOD : JoinToken.NONE);
  }

  private static Claims signed(Signer signer) {
    return Claims.withoutToken(TestClaims.sgx(GOOD, signer, TestClaims.QE_ID));
  }

  @Test
  void theTokenIsAskedForEvenWhereNobodyAttestsAndIsNeverShown() {
    var security = "{service_access_token: letmein, attestation: {mode: none}}";
    var rule = "{mrenclave: %s}".formatted(GOOD);
    assertLacks(
        "access token",
        "the policy's token",
        "none",
        decide(security, rule, token(Optional.empty())));
    var wrong = decide(security, rule, token(Optional.of("guess")));
    assertLacks("access token", "the policy's token", "another one", wrong);
    var begun = decide(security, rule, token(Optional.of("letmei")));
    assertLacks("access token", "the policy's token", "another one", begun);
    var told = reasons(wrong);
    assertFalse(told.contains("letmein") || told.contains("guess"), told);
    assertAccepted(false, false, decide(security, rule, token(Optional.of("letmein"))));
  }

  private static Claims token(Optional<String> token) {
    return new Claims(new Software(OTHER), token.map(AccessToken::of), JoinToken.NONE);
  }

  @Test
  void whatTheNearestRuleLacksComesFirst() {
    var rules =
        "[{mrenclave: %s, join_token: required}, {mrenclave: %s, join_token: required}]"
            .formatted(OTHER, GOOD);
    var claims = Claims.withoutToken(new Software(GOOD));
    var denied = assertInstanceOf(Denied.class, decide(TOLERATING, rules, claims));
    assertEquals(
        List.of("join token", "measurement", "join token"),
        denied.reasons().stream().map(Decision.Reason::requirement).toList());
  }
}
