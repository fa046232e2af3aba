package dev.testudo.cas;

import static dev.testudo.cas.Refusals.notAttested;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.Configuration;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.Renewal;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Instances that run and ask for new values before the present ones end.
class RenewalTest extends WithTestCas {
  private static final String SECRETS =
      """
      secrets:
        - {name: key, kind: private-key}
        - {name: ca, kind: x509-ca, private_key: key, valid_for: 90 days}
        - {name: cert, kind: x509, private_key: key, issuer: ca, dns: [a.example], valid_for: 30 days}
      """;
  private static final String SHOWN = "$$SCONE::cert:crt$$";

  private final Identity me = AttestedChannel.instance();

  private static String session(String name) {
    return TestCas.showing(name, SHOWN, SECRETS);
  }

  private static Renewal renewal(Configuration configuration) {
    return configuration.origin().renewal().orElseThrow();
  }

  private static String certificate(Configuration configuration) {
    return String.valueOf(configuration.environment().get("V"));
  }

  private Configuration fetch(String service, String token) throws IOException {
    return cas.fetch(
        me,
        service,
        report -> TestCas.evidence(TestCas.GOOD_IMAGE, report),
        Optional.of(Secret.ofText(token)));
  }

  private Configuration renew(Identity instance, String service, Measurement image, String ticket)
      throws IOException {
    return AttestedChannel.renew(
        cas.address(),
        cas.server().keyHash(),
        instance,
        service,
        (report, _) -> TestCas.evidence(image, report),
        ticket);
  }

  private Configuration renew(String ticket) throws IOException {
    return renew(me, "a/s", TestCas.GOOD_IMAGE, ticket);
  }

  private void refused(Identity instance, String service, Measurement image, String ticket)
      throws IOException {
    notAttested(() -> renew(instance, service, image, ticket));
    assertEquals("renew", AuditLog.lastRefusal(state).action());
  }

  private void refused(String ticket) throws IOException {
    refused(me, "a/s", TestCas.GOOD_IMAGE, ticket);
  }

  @Test
  void whatEndsIsDueAfterTwoThirdsOfItsLife() throws IOException {
    cas.create(session("a"));
    var renewal = renewal(fetch("a/s", TestCas.TOKEN));
    assertEquals(Duration.ofDays(20), renewal.due());
    assertEquals(Duration.ofDays(30), renewal.end());
  }

  @Test
  void aTokenForUsersIsDueToo() throws IOException {
    cas.create(
        TestCas.showing(
            "a",
            "$$SCONE::jwt$$",
            """
            secrets:
              - {name: key, kind: private-key, key_type: P-384}
              - {name: jwt, kind: jwt, signer: key, validity: {for: 3h}}
            """));
    assertEquals(Duration.ofHours(2), renewal(fetch("a/s", TestCas.TOKEN)).due());
  }

  @Test
  void whereNothingEndsThereIsNothingToAskFor() throws IOException {
    cas.create(TestCas.showing("a", SHOWN, SECRETS.replaceAll(", valid_for: [0-9]+ days", "")));
    assertEquals(Optional.empty(), fetch("a/s", TestCas.TOKEN).origin().renewal());
    cas.create(TestCas.showing("b", "no secret", SECRETS));
    assertEquals(Optional.empty(), fetch("b/s", TestCas.TOKEN).origin().renewal());
  }

  @Test
  void aCertificateThatIsDueIsRenewedAndNoOther() throws IOException {
    cas.create(session("a"));
    var first = fetch("a/s", TestCas.TOKEN);
    cas.clock.advance(Duration.ofDays(20).minusSeconds(1));
    var early = renew(renewal(first).ticket());
    assertEquals(certificate(first), certificate(early));
    assertEquals(Duration.ofSeconds(1), renewal(early).due());
    cas.clock.advance(renewal(early).due());
    var second = renew(renewal(early).ticket());
    assertNotEquals(certificate(first), certificate(second));
    assertEquals(Duration.ofDays(20), renewal(second).due());
    var line = AuditLog.of(state, "renewed").getLast();
    assertEquals("a/s", line.text("service"));
    assertEquals(me.keyHash().text(), line.text("caller"));
    assertEquals(List.of("cert@2"), line.texts("secrets"));
  }

  @Test
  void aJoinTokenForOneStartIsEnoughForAllRenewals() throws IOException {
    cas.create(TestCas.joining("a", SHOWN, SECRETS));
    try (var owner = cas.client(cas.owner);
        var token =
            owner.createJoinToken(
                ServiceId.parse("a/s").orElseThrow(), new JoinTokenOrder(1, Duration.ofHours(1)))) {
      var present = token.value().revealOrThrow(bytes -> fetch("a/s", new String(bytes, US_ASCII)));
      for (var i = 0; i < 3; i++) {
        cas.clock.advance(renewal(present).due());
        cas.restart();
        var next = renew(renewal(present).ticket());
        assertNotEquals(certificate(present), certificate(next));
        present = next;
      }
    }
  }

  @Test
  void onlyTheInstanceThatAttestedCanUseItsTicket() throws IOException {
    cas.create(session("a"));
    cas.create(session("b"));
    var ticket = renewal(fetch("a/s", TestCas.TOKEN)).ticket();
    refused(AttestedChannel.instance(), "a/s", TestCas.GOOD_IMAGE, ticket);
    refused(me, "b/s", TestCas.GOOD_IMAGE, ticket);
    refused(me, "a/s", TestCas.BAD_IMAGE, ticket);
    renew(ticket);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1-0-j--0", "1-999999999999-jp--" + "00000000"})
  void whatIsNoTicketIsRefused(String ticket) throws IOException {
    cas.create(session("a"));
    refused(ticket);
  }

  @Test
  void aTicketCannotBeChanged() throws IOException {
    cas.create(session("a"));
    var ticket = renewal(fetch("a/s", TestCas.TOKEN)).ticket();
    var parts = ticket.split("-", -1);
    refused(ticket.replace("-" + parts[1] + "-", "-999999999999-"));
    refused(ticket.replace("-" + parts[1] + "--", "-" + parts[1] + "-j-"));
    refused(ticket.substring(0, ticket.length() - 1) + (ticket.endsWith("0") ? "1" : "0"));
    renew(ticket);
  }

  @Test
  void aTicketEndsADayAfterTheValues() throws IOException {
    cas.create(session("a"));
    var ticket = renewal(fetch("a/s", TestCas.TOKEN)).ticket();
    cas.clock.advance(Duration.ofDays(31));
    renew(ticket);
    cas.clock.advance(Duration.ofSeconds(1));
    refused(ticket);
  }

  @Test
  void aTicketIsOfNoUseWithAnotherAccessTokenOrInAnotherSession() throws IOException {
    var hash = cas.create(session("a"));
    var ticket = renewal(fetch("a/s", TestCas.TOKEN)).ticket();
    var other = session("a").replace(TestCas.TOKEN, "known-to-nobody-in-here");
    var next = cas.update("a", other + "predecessor: " + hash + "\n");
    refused(ticket);
    try (var owner = cas.client(cas.owner);
        var stranger = cas.client(Identity.ephemeral("stranger.example"))) {
      owner.deleteSession("a", next);
      stranger.createSession(session("a"));
    }
    refused(ticket);
  }

  @Test
  void anUpdateOfTheSessionReachesTheInstanceWithItsNextRenewal() throws IOException {
    var hash = cas.create(session("a"));
    var first = fetch("a/s", TestCas.TOKEN);
    cas.update("a", session("a").replace("a.example", "b.example") + "predecessor: " + hash + "\n");
    assertNotEquals(certificate(first), certificate(renew(renewal(first).ticket())));
    cas.create(session("c"));
    var instance = fetch("c/s", TestCas.TOKEN);
    var bad = session("c").replace(TestCas.GOOD.hex(), TestCas.BAD.hex());
    var active = instance.origin().hash();
    cas.update("c", bad + "predecessor: " + active + "\n");
    refused(me, "c/s", TestCas.GOOD_IMAGE, renewal(instance).ticket());
  }
}
