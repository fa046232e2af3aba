package dev.testudo.policy.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.decision.Claims.Signer;
import dev.testudo.policy.decision.Decision.Accepted;
import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DecisionTest {
  private static final String GOOD = "ab".repeat(32);
  private static final String OTHER = "cd".repeat(32);

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
        switch (Session.read(new SourceFile("s.yaml", yaml))) {
          case Parsed.Valid<Session>(var value, _) -> value;
          case Parsed.Invalid<Session>(var problems) -> throw new AssertionError(problems);
        };
    return Decision.of(session, session.service("app").orElseThrow(), claims);
  }

  private static String reasons(Decision decision) {
    return assertInstanceOf(Denied.class, decision).text();
  }

  @Test
  void theRightMeasurementInHardwareIsAccepted() {
    var decision = decide("", "{mrenclave: %s}".formatted(GOOD), new Claims(Isolation.SGX, GOOD));
    assertEquals(new Accepted(true), decision);
  }

  @Test
  void anotherMeasurementIsDeniedWithThePolicyLine() {
    var decision = decide("", "{mrenclave: %s}".formatted(GOOD), new Claims(Isolation.SGX, OTHER));
    assertEquals(
        "measurement: expected %s, seen %s (s.yaml:7:30)".formatted(GOOD, OTHER),
        reasons(decision));
  }

  @Test
  void softwareEvidenceNeedsToBeToleratedAndIsNeverCalledAttested() {
    var claims = new Claims(Isolation.SOFTWARE, GOOD);
    var rule = "{mrenclave: %s}".formatted(GOOD);
    assertTrue(reasons(decide("", rule, claims)).contains("software, not hardware attested"));
    var tolerating = "{attestation: {tolerate: software-evidence}}";
    assertEquals(new Accepted(false), decide(tolerating, rule, claims));
    assertFalse(
        decide(tolerating, rule, new Claims(Isolation.SOFTWARE, OTHER)) instanceof Accepted);
  }

  @Test
  void oneOfSeveralRulesIsEnough() {
    var rules = "[{mrenclave: %s}, {mrenclave: [%s, %s]}]".formatted(OTHER, OTHER, GOOD);
    assertEquals(new Accepted(true), decide("", rules, new Claims(Isolation.TDX, GOOD)));
  }

  @Test
  void allPartsOfARuleMustHold() {
    var rule =
        "{mrenclave: %s, signer: {mrsigner: %s, isvprodid: 1, isvsvn_min: 2, isvsvn_max: 3}}"
            .formatted(GOOD, OTHER);
    var right = new Signer(OTHER, 1, 3);
    assertEquals(new Accepted(true), decide("", rule, signed(right)));
    assertTrue(reasons(decide("", rule, new Claims(Isolation.SGX, GOOD))).startsWith("signer"));
    assertTrue(reasons(decide("", rule, signed(new Signer(GOOD, 1, 3)))).startsWith("signer"));
    assertTrue(reasons(decide("", rule, signed(new Signer(OTHER, 2, 3)))).startsWith("isvprodid"));
    assertTrue(reasons(decide("", rule, signed(new Signer(OTHER, 1, 1)))).contains("at least 2"));
    assertTrue(reasons(decide("", rule, signed(new Signer(OTHER, 1, 4)))).contains("at most 3"));
  }

  private static Claims signed(Signer signer) {
    return new Claims(Isolation.SGX, GOOD, Optional.of(signer), Optional.empty());
  }

  @Test
  void theTokenIsAskedForEvenWhereNobodyAttestsAndIsNeverShown() {
    var security = "{service_access_token: letmein, attestation: {mode: none}}";
    var rule = "{mrenclave: %s}".formatted(GOOD);
    assertTrue(reasons(decide(security, rule, token(Optional.empty()))).contains("seen none"));
    var wrong = reasons(decide(security, rule, token(Optional.of("guess"))));
    assertTrue(wrong.contains("another one"), wrong);
    assertFalse(wrong.contains("letmein") || wrong.contains("guess"), wrong);
    assertEquals(new Accepted(false), decide(security, rule, token(Optional.of("letmein"))));
  }

  private static Claims token(Optional<String> token) {
    return new Claims(Isolation.SOFTWARE, OTHER, Optional.empty(), token.map(AccessToken::new));
  }
}
