package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.Evidence;
import dev.testudo.trust.attest.ReportData;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.AttestationRequest;
import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttestationTest extends WithTestCas {
  private static final String SECRETS = "secrets: [{name: p, kind: ascii}]\n";

  @BeforeEach
  void register() throws IOException {
    cas.create(TestCas.showing("a", "$$SCONE::p$$", SECRETS));
  }

  private static Evidence good(ReportData report) {
    return new Evidence.Software(TestCas.GOOD, report);
  }

  private String refusal(
      String service, Function<ReportData, Evidence> evidence, Optional<Secret> token) {
    var said =
        String.valueOf(
            assertThrows(AttestationException.class, () -> cas.fetch(service, evidence, token))
                .getMessage());
    assertEquals(
        "the service is not attested; `testudo cas why REQUEST` tells whoever may read the session"
            + " why",
        said.replaceFirst("[0-9a-f]{16}", "REQUEST"));
    return lastRefusal();
  }

  /// What the audit log says about it.
  private String lastRefusal() {
    try {
      var last = Files.readAllLines(state.resolve("audit.jsonl")).getLast();
      assertTrue(last.contains("\"event\":\"refused\""), last);
      return last;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    assertEquals("a", configuration.sessionName());
    assertEquals(64, configuration.sessionHash().length());
  }

  @Test
  void softwareEvidenceIsNeverShownAsHardware() throws IOException {
    assertFalse(cas.fetch("a/s").hardwareAttested());
    assertTrue(
        Files.readString(state.resolve("audit.jsonl"))
            .contains(
                "\"evidence\":\"software\",\"measurement\":\""
                    + TestCas.GOOD
                    + "\",\"hardware_attested\":false"));
  }

  @Test
  void theLogHasWhatWasExpectedWhatWasSeenAndWhere() {
    var refusal = refusal("a/s", report -> new Evidence.Software(TestCas.BAD, report), token());
    assertTrue(refusal.contains("expected " + TestCas.GOOD), refusal);
    assertTrue(refusal.contains("seen " + TestCas.BAD), refusal);
    assertTrue(refusal.contains("(a:9:"), refusal);
  }

  @Test
  void softwareEvidenceNeedsToBeTolerated() throws IOException {
    cas.create(TestCas.showing("b", "x", "").replace("[software-evidence]", "[]"));
    var refusal = refusal("b/s", AttestationTest::good, Optional.empty());
    assertTrue(refusal.contains("software-evidence"), refusal);
  }

  @Test
  void unknownServicesAreRefused() {
    assertTrue(refusal("a/t", AttestationTest::good, Optional.empty()).contains("no such service"));
    assertTrue(refusal("b/s", AttestationTest::good, Optional.empty()).contains("no session `b`"));
    assertTrue(refusal("a", AttestationTest::good, Optional.empty()).contains("service id"));
    assertTrue(refusal("../a/s", AttestationTest::good, Optional.empty()).contains("service id"));
  }

  @Test
  void evidenceBoundToAnotherKeyIsRefused() {
    var other = Identity.ephemeral("other").certificate().getPublicKey();
    var refusal =
        refusal(
            "a/s",
            _ -> new Evidence.Software(TestCas.GOOD, ReportData.of(other, new byte[32])),
            Optional.empty());
    assertTrue(refusal.contains("not bound to the key"), refusal);
  }

  @Test
  void theAccessTokenIsNeededWhereThereIsOne() throws IOException {
    cas.create(TestCas.showing("b", "x", "").replace(TestCas.TOKEN, "opensesame"));
    assertEquals(
        "x",
        cas.fetch("b/s", AttestationTest::good, Optional.of(Secret.ofText("opensesame")))
            .environment()
            .get("V"));
    for (var token :
        List.of(
            Optional.<Secret>empty(),
            Optional.of(Secret.ofText("opensesam")),
            Optional.of(Secret.ofText("")))) {
      var refusal = refusal("b/s", AttestationTest::good, token);
      assertTrue(refusal.contains("token"), refusal);
      assertFalse(refusal.contains("opensesam"), refusal);
    }
  }

  /// Speaks the protocol by hand, to do what [dev.testudo.trust.channel.AttestedChannel] never
  /// does.
  private final class ByHand implements AutoCloseable {
    private final Identity me = Identity.ephemeral("by-hand");
    private final HttpClient client =
        HttpClient.newBuilder().sslContext(ChannelTls.client(cas.server().keyHash(), me)).build();

    private HttpResponse<byte[]> post(String path, byte[] body) throws IOException {
      try {
        var request =
            HttpRequest.newBuilder(URI.create("https://" + cas.address() + path))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    String nonce() throws IOException {
      return JsonMembers.read(post("/v1/attestation/nonce", new byte[0]).body(), 1000, "nonce")
          .text("nonce");
    }

    HttpResponse<byte[]> attest(String nonce) throws IOException {
      var report = ReportData.of(me.certificate().getPublicKey(), HexFormat.of().parseHex(nonce));
      return post(
          "/v1/attestation",
          new AttestationRequest("a/s", nonce, new Evidence.Software(TestCas.GOOD, report), token())
              .encode());
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }

  private void assertRefused(HttpResponse<byte[]> response) {
    var body = new String(response.body(), StandardCharsets.UTF_8);
    assertEquals(403, response.statusCode(), body);
    assertFalse(body.contains("nonce"), body);
    assertTrue(lastRefusal().contains("nonce is unknown"), lastRefusal());
  }

  @Test
  void aNonceIsGoodOnce() throws IOException {
    try (var agent = new ByHand()) {
      var nonce = agent.nonce();
      assertEquals(200, agent.attest(nonce).statusCode());
      assertRefused(agent.attest(nonce));
    }
  }

  @Test
  void aNonceIsGoodForAMinute() throws IOException {
    try (var agent = new ByHand()) {
      var early = agent.nonce();
      var late = agent.nonce();
      cas.clock.advance(Duration.ofSeconds(60));
      assertEquals(200, agent.attest(early).statusCode());
      cas.clock.advance(Duration.ofSeconds(1));
      assertRefused(agent.attest(late));
    }
  }

  @Test
  void aNonceIsGoodForItsKeyOnly() throws IOException {
    try (var one = new ByHand();
        var two = new ByHand()) {
      var nonce = one.nonce();
      assertRefused(two.attest(nonce));
      assertRefused(one.attest("00".repeat(32)));
      assertEquals(200, one.attest(nonce).statusCode(), "the other key did not use it up");
    }
  }

  @Test
  void damagedRequestsAreRefusedAndLeaveNoTrace() throws IOException {
    try (var agent = new ByHand()) {
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
    refusal("a/s", report -> new Evidence.Software(TestCas.BAD, report), Optional.empty());
    var log = Files.readAllLines(state.resolve("audit.jsonl"));
    assertTrue(
        log.get(log.size() - 2).contains("\"event\":\"attested\",\"service\":\"a/s\""),
        log.toString());
    assertTrue(log.get(log.size() - 2).contains("\"secrets\":[\"p@1\"]"), log.toString());
    assertTrue(
        log.getLast().contains("\"event\":\"refused\",\"action\":\"attest\",\"subject\":\"a/s\""),
        log.toString());
  }
}
