package dev.testudo.cas;

import static dev.testudo.cas.Refusals.notAttested;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.decision.JoinToken;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.RefusalReport;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttestationTest extends WithTestCas {
  private static final String SESSION =
      TestCas.showing("a", "$$SCONE::p$$", "secrets: [{name: p, kind: ascii}]\n");

  @BeforeEach
  void register() throws IOException {
    cas.create(SESSION);
  }

  private static Evidence good(ReportData report) {
    return TestCas.evidence(TestCas.GOOD_IMAGE, report);
  }

  /// Returns what the audit log says about the refusal of `service`.
  private RefusalReport refusal(
      String service, Function<ReportData, Evidence> evidence, Optional<Secret> token)
      throws IOException {
    var refused = notAttested(() -> cas.fetch(service, evidence, token));
    assertEquals(
        "the service is not attested; `testudo cas why %s` tells whoever may read the session why"
            .formatted(refused.request()),
        refused.getMessage());
    var report = AuditLog.lastRefusal(state);
    assertEquals("attest", report.action());
    assertEquals(service, report.subject());
    return report;
  }

  /// Asserts that the request was refused for `reason`, before the policy was evaluated.
  private static void assertNotJudged(String reason, RefusalReport report) {
    assertEquals("attestation-refused", report.reason());
    assertEquals(List.of(reason), report.details());
  }

  private static Optional<Secret> token() {
    return Optional.of(Secret.ofText(TestCas.TOKEN));
  }

  @Test
  void aMeasuredProgramGetsExactlyItsConfiguration() throws IOException {
    var configuration = cas.fetch("a/s");
    assertEquals(List.of("prog"), configuration.arguments());
    assertEquals(Set.of("V"), configuration.environment().keySet());
    assertEquals(configuration.environment().get("V"), TestCas.text(configuration));
    assertEquals("/f", configuration.files().getFirst().path());
    assertEquals(0700, configuration.files().getFirst().mode());
    assertEquals("a", configuration.origin().session());
    assertEquals(64, configuration.origin().hash().length());
  }

  @Test
  void softwareEvidenceIsNeverShownAsHardware() throws IOException {
    assertFalse(cas.fetch("a/s").origin().hardwareAttested());
    var logged = AuditLog.of(state, "attested").getLast();
    assertEquals("software", logged.text("evidence"));
    assertEquals(TestCas.GOOD.hex(), logged.text("measurement"));
    assertFalse(logged.bool("hardware_attested"));
  }

  @Test
  void theLogHasWhatWasExpectedWhatWasSeenAndWhere() throws IOException {
    var refusal = refusal("a/s", report -> TestCas.evidence(TestCas.BAD_IMAGE, report), token());
    var claims = Policies.software(TestCas.BAD, Optional.of(TestCas.TOKEN), JoinToken.UNKNOWN);
    var denied = Policies.denied("a", SESSION, claims);
    assertEquals(1, denied.reasons().size(), denied.text());
    assertEquals(TestCas.GOOD.hex(), denied.reasons().getFirst().expected());
    assertEquals(TestCas.BAD.hex(), denied.reasons().getFirst().seen());
    assertEquals(9, denied.reasons().getFirst().policy().line());
    Policies.assertDenied(denied, refusal);
  }

  @Test
  void softwareEvidenceNeedsToBeTolerated() throws IOException {
    var yaml = TestCas.showing("b", "x", "").replace("[software-evidence]", "[]");
    cas.create(yaml);
    var claims = Policies.software(TestCas.GOOD, Optional.of(TestCas.TOKEN), JoinToken.UNKNOWN);
    var denied = Policies.denied("b", yaml, claims);
    assertEquals(
        List.of("evidence"), denied.reasons().stream().map(Decision.Reason::requirement).toList());
    Policies.assertDenied(denied, refusal("b/s", AttestationTest::good, token()));
  }

  @Test
  void unknownServicesAreRefused() throws IOException {
    for (var unknown :
        Map.of(
                "a/t", "unknown-service",
                "b/s", "unknown-session",
                "a", "unknown-service",
                "../a/s", "unknown-service")
            .entrySet()) {
      var refusal = refusal(unknown.getKey(), AttestationTest::good, token());
      assertEquals(unknown.getValue(), refusal.reason(), unknown.getKey());
    }
  }

  @Test
  void evidenceBoundToAnotherKeyIsRefused() throws IOException {
    var other = Identity.ephemeral("other").certificate().getPublicKey();
    assertNotJudged(
        "not-bound: the evidence is not bound to the key of this connection and the nonce",
        refusal(
            "a/s",
            _ -> TestCas.evidence(TestCas.GOOD_IMAGE, ReportData.of(other, new byte[32])),
            token()));
  }

  @Test
  void theAccessTokenIsNeededWhereThereIsOne() throws IOException {
    var yaml = TestCas.showing("b", "x", "").replace(TestCas.TOKEN, "opensesame");
    cas.create(yaml);
    assertEquals(
        "x",
        cas.fetch("b/s", AttestationTest::good, Optional.of(Secret.ofText("opensesame")))
            .environment()
            .get("V"));
    for (var token : List.of(Optional.<String>empty(), Optional.of("opensesam"), Optional.of(""))) {
      var refusal = refusal("b/s", AttestationTest::good, token.map(Secret::ofText));
      var claims = Policies.software(TestCas.GOOD, token, JoinToken.UNKNOWN);
      var denied = Policies.denied("b", yaml, claims);
      assertEquals(
          List.of("access token"),
          denied.reasons().stream().map(Decision.Reason::requirement).toList());
      Policies.assertDenied(denied, refusal);
      assertFalse(refusal.toString().contains("opensesam"), refusal.toString());
    }
  }

  @Test
  void theAccessTokenMayBeASecretOfTheSession() throws IOException {
    var secrets = "secrets: [{name: tok, kind: ascii, value: opensesame-opensesame}]\n";
    cas.create(TestCas.showing("c", "x", secrets).replace(TestCas.TOKEN, "$$SCONE::tok$$"));
    var good = Optional.of(Secret.ofText("opensesame-opensesame"));
    assertEquals("x", cas.fetch("c/s", AttestationTest::good, good).environment().get("V"));
    for (var token : List.of("$$SCONE::tok$$", "", "opensesame")) {
      var refusal = refusal("c/s", AttestationTest::good, Optional.of(Secret.ofText(token)));
      assertFalse(refusal.toString().contains("opensesame"), refusal.toString());
    }
  }

  @Test
  void theConfigurationSaysWhatTheHostGives() throws IOException {
    cas.create(
        TestCas.showing("h", "x", "")
            .replace("command: prog", "command: [prog, \"@@2\", \"@@1\"]")
            .replace("V: \"x\"", "V: \"x\"\n      \\@\\@TERM: ignored"));
    var configuration = cas.fetch("h/s");
    assertEquals(List.of("prog", "", ""), configuration.arguments());
    assertEquals(Map.of(1, 2, 2, 1), configuration.host().arguments());
    assertEquals(List.of("TERM"), configuration.host().variables());
    assertEquals(Map.of("V", "x"), configuration.environment());
  }

  /// Asserts that only the nonce was not accepted. The answer does not tell which part of
  /// the request was wrong.
  private void assertRefused(HttpResponse<byte[]> response) throws IOException {
    var body = new String(response.body(), StandardCharsets.UTF_8);
    assertEquals(403, response.statusCode(), body);
    assertFalse(body.contains("nonce"), body);
    assertNotJudged(
        "the nonce is unknown, too old, used already, or was given to another key",
        AuditLog.lastRefusal(state));
  }

  @Test
  void aNonceIsGoodOnce() throws IOException {
    try (var agent = new AgentByHand(cas)) {
      var nonce = agent.nonce();
      assertEquals(200, agent.attest("a/s", nonce).statusCode());
      assertRefused(agent.attest("a/s", nonce));
    }
  }

  @Test
  void aNonceIsGoodForAMinute() throws IOException {
    try (var agent = new AgentByHand(cas)) {
      var early = agent.nonce();
      var late = agent.nonce();
      cas.clock.advance(Duration.ofSeconds(60));
      assertEquals(200, agent.attest("a/s", early).statusCode());
      cas.clock.advance(Duration.ofSeconds(1));
      assertRefused(agent.attest("a/s", late));
    }
  }

  @Test
  void aNonceIsGoodForItsKeyOnly() throws IOException {
    try (var one = new AgentByHand(cas);
        var two = new AgentByHand(cas)) {
      var nonce = one.nonce();
      assertRefused(two.attest("a/s", nonce));
      assertRefused(one.attest("a/s", "00".repeat(32)));
      assertEquals(200, one.attest("a/s", nonce).statusCode(), "the other key did not use it up");
    }
  }

  @Test
  void damagedRequestsAreRefusedAndLeaveNoTrace() throws IOException {
    try (var agent = new AgentByHand(cas)) {
      for (var body :
          Map.of("empty", "", "other", "{}", "list", "[]", "long", " ".repeat(100_000))
              .entrySet()) {
        var response =
            agent.post("/v1/attestation", body.getValue().getBytes(StandardCharsets.UTF_8));
        assertTrue(response.statusCode() == 400 || response.statusCode() == 413, body.getKey());
      }
    }
  }

  @Test
  void everyDeliveryAndRefusalIsInTheAuditLog() throws IOException {
    cas.fetch("a/s");
    refusal("a/s", report -> TestCas.evidence(TestCas.BAD_IMAGE, report), Optional.empty());
    var log = AuditLog.of(state);
    var delivery = log.get(log.size() - 2);
    assertEquals("attested", delivery.text("event"));
    assertEquals("a/s", delivery.text("service"));
    assertEquals(List.of("p@1"), delivery.texts("secrets"));
    assertEquals("refused", log.getLast().text("event"));
  }
}
