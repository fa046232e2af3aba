package dev.testudo.cas;

import static dev.testudo.cas.Refusals.notAttested;
import static dev.testudo.cas.Refusals.notDelivered;
import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.token.JoinTokens;
import dev.testudo.policy.decision.JoinToken;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.channel.NewJoinToken;
import dev.testudo.trust.channel.RefusalReport;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Services that present a join token together with software evidence.
class JoinTokensTest extends WithTestCas {
  private static final ServiceId SERVICE = ServiceId.parse("a/s").orElseThrow();
  private static final JoinTokenOrder ONCE = new JoinTokenOrder(1, Duration.ofHours(1));

  private CasClient owner;

  @BeforeEach
  void register() throws IOException {
    cas.create(TestCas.joining("a", "hunter2", ""));
    owner = cas.client(cas.owner);
  }

  @AfterEach
  void stop() throws IOException {
    owner.close();
  }

  private NewJoinToken token(JoinTokenOrder order) throws IOException {
    return owner.createJoinToken(SERVICE, order);
  }

  private String join(Identity instance, String service, Measurement image, Secret token)
      throws IOException {
    return cas.fetch(
            instance, service, report -> TestCas.evidence(image, report), Optional.of(token))
        .environment()
        .getOrDefault("V", "");
  }

  private String join(Secret token) throws IOException {
    return join(AttestedChannel.instance(), "a/s", TestCas.GOOD_IMAGE, token);
  }

  /// Asserts that service `a/s` is refused because of its token alone, and that its
  /// owner can find out why.
  private void assertRefused(Secret token, JoinToken seen) throws IOException {
    var refused = notAttested(() -> join(token));
    assertReasons(TestCas.GOOD, seen, owner.why(refused.request()));
  }

  private void assertReasons(Measurement measurement, JoinToken seen, RefusalReport report)
      throws IOException {
    var claims = Policies.software(measurement, Optional.empty(), seen);
    var yaml = owner.readSession("a").yaml();
    Policies.assertDenied(Policies.denied("a", yaml, claims), report);
  }

  @Test
  void theMeasurementAloneGetsNothing() throws IOException {
    var refused =
        notAttested(
            () ->
                cas.fetch(
                    "a/s",
                    report -> TestCas.evidence(TestCas.GOOD_IMAGE, report),
                    Optional.empty()));
    assertReasons(TestCas.GOOD, JoinToken.NONE, owner.why(refused.request()));
    try (var token = token(ONCE)) {
      assertEquals("hunter2", join(token.value()));
    }
  }

  @Test
  void aRefusedStartSpendsNothing() throws IOException {
    try (var token = token(ONCE)) {
      notAttested(() -> join(AttestedChannel.instance(), "a/s", TestCas.BAD_IMAGE, token.value()));
      assertEquals(1, owner.joinTokens(SERVICE).getFirst().left());
      assertEquals("hunter2", join(token.value()));
      assertEquals(0, owner.joinTokens(SERVICE).getFirst().left());
      assertRefused(token.value(), JoinToken.USED_UP);
    }
  }

  @Test
  void aDeliveryThatFailsSpendsNothing() throws IOException {
    var name = "broken";
    cas.create(
        TestCas.joining(
            name, "$$SCONE::p$$", "secrets: [{name: p, import: {session: nobody, secret: p}}]\n"));
    var service = ServiceId.parse(name + "/s").orElseThrow();
    try (var token = owner.createJoinToken(service, ONCE)) {
      notDelivered(
          "secret-unavailable",
          () -> join(AttestedChannel.instance(), name + "/s", TestCas.GOOD_IMAGE, token.value()));
      assertEquals(1, owner.joinTokens(service).getFirst().left());
    }
  }

  @Test
  @Timeout(300)
  void ofFiftyInstancesWithOneTimeTokenExactlyOneStarts() throws Exception {
    try (var token = token(ONCE);
        var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var attempts =
          IntStream.range(0, 50)
              .<Callable<Boolean>>mapToObj(_ -> () -> starts(token.value()))
              .toList();
      var started = 0;
      for (var attempt : pool.invokeAll(attempts)) {
        started += attempt.get() ? 1 : 0;
      }
      assertEquals(1, started);
    }
  }

  /// Starts the service, with retries: CAS refuses some of many simultaneous
  /// connections from one address.
  private boolean starts(Secret token) {
    var instance = AttestedChannel.instance();
    var until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (System.nanoTime() < until) {
      try {
        return join(instance, "a/s", TestCas.GOOD_IMAGE, token).equals("hunter2");
      } catch (AttestationException e) {
        return false;
      } catch (IOException e) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
    throw new AssertionError("CAS has had no time for two minutes");
  }

  @Test
  void anInstanceThatAsksAgainSpendsOneUse() throws IOException {
    try (var token = token(ONCE)) {
      var instance = AttestedChannel.instance();
      assertEquals("hunter2", join(instance, "a/s", TestCas.GOOD_IMAGE, token.value()));
      assertEquals("hunter2", join(instance, "a/s", TestCas.GOOD_IMAGE, token.value()));
      assertEquals(0, owner.joinTokens(SERVICE).getFirst().left());
      cas.clock.advance(Duration.ofSeconds(61));
      notAttested(() -> join(instance, "a/s", TestCas.GOOD_IMAGE, token.value()));
    }
  }

  @Test
  void aTokenHasItsUsesAndItsTime() throws IOException {
    try (var token = token(new JoinTokenOrder(2, Duration.ofMinutes(5)))) {
      assertEquals("hunter2", join(token.value()));
      cas.clock.advance(Duration.ofMinutes(5));
      assertRefused(token.value(), JoinToken.EXPIRED);
      assertEquals(1, owner.joinTokens(SERVICE).getFirst().left());
    }
  }

  @Test
  void aTokenOutlivesAnUpdateAndARestartButNotItsRevocation() throws IOException {
    try (var token = token(new JoinTokenOrder(5, Duration.ofDays(1)))) {
      cas.update("a", TestCas.joining("a", "swordfish", ""));
      assertEquals("swordfish", join(token.value()));
      cas.restart();
      owner.close();
      owner = cas.client(cas.owner);
      assertEquals("swordfish", join(token.value()));
      assertEquals(3, owner.joinTokens(SERVICE).getFirst().left());
      owner.revokeJoinToken(SERVICE, token.id());
      assertRefused(token.value(), JoinToken.UNKNOWN);
      refused("unknown-token", () -> owner.revokeJoinToken(SERVICE, token.id()));
    }
  }

  @Test
  void aTokenThatWasForgottenMeanwhileIsInNobodysWay() throws IOException {
    try (var used = token(ONCE)) {
      assertEquals("hunter2", join(used.value()));
      var before = owner.joinTokens(SERVICE);
      cas.clock.advance(Duration.ofHours(1));
      try (var next = token(ONCE)) {
        assertEquals(
            List.of(next.id()), owner.joinTokens(SERVICE).stream().map(t -> t.id()).toList());
        owner.revokeJoinTokens(SERVICE, before);
        assertEquals("hunter2", join(next.value()));
        refused("unknown-token", () -> owner.revokeJoinToken(SERVICE, used.id()));
      }
    }
  }

  @Test
  void aTokenIsForOneServiceOfOneSession() throws IOException {
    cas.create(TestCas.joining("b", "x", ""));
    try (var token = token(ONCE)) {
      notAttested(() -> join(AttestedChannel.instance(), "b/s", TestCas.GOOD_IMAGE, token.value()));
      assertEquals("hunter2", join(token.value()));
    }
    assertRefused(Secret.ofText(""), JoinToken.UNKNOWN);
    assertRefused(Secret.ofText("testudo-join-" + "0".repeat(64)), JoinToken.UNKNOWN);
  }

  @Test
  void onlyWhoMayUpdateTheSessionMakesTokens() throws IOException {
    try (var token = token(ONCE);
        var stranger = cas.client(Identity.ephemeral("stranger"))) {
      refused("not-permitted", () -> stranger.createJoinToken(SERVICE, ONCE));
      refused("not-permitted", () -> stranger.joinTokens(SERVICE));
      refused("not-permitted", () -> stranger.revokeJoinToken(SERVICE, token.id()));
      assertEquals("hunter2", join(token.value()));
    }
  }

  @Test
  void tokensThatWouldChangeNothingAreNotMade() throws IOException {
    cas.create(TestCas.showing("static", "x", ""));
    var service = ServiceId.parse("static/s").orElseThrow();
    refused("without-effect", () -> owner.createJoinToken(service, ONCE));
    var missing = ServiceId.parse("a/t").orElseThrow();
    refused("unknown-service", () -> owner.createJoinToken(missing, ONCE));
  }

  @Test
  void aServiceHasSoManyTokensAndOldOnesMakeRoom() throws IOException {
    for (var i = 0; i < JoinTokens.MOST; i++) {
      token(ONCE).close();
    }
    refused("full", () -> token(ONCE));
    cas.clock.advance(Duration.ofHours(1));
    token(ONCE).close();
    assertEquals(1, owner.joinTokens(SERVICE).size());
  }

  @Test
  void aRefusalIsExplainedToWhoMayReadTheSessionAndToNobodyElse() throws IOException {
    var refused =
        notAttested(
            () ->
                join(AttestedChannel.instance(), "a/s", TestCas.BAD_IMAGE, Secret.ofText("guess")));
    var request = refused.request();
    var report = owner.why(request);
    assertEquals("a/s", report.subject());
    assertEquals("127.0.0.1", report.address());
    assertTrue(report.caller().isPresent());
    assertReasons(TestCas.BAD, JoinToken.UNKNOWN, report);
    assertFalse(report.toString().contains("guess"), report.toString());
    try (var stranger = cas.client(Identity.ephemeral("stranger"))) {
      var known = refused("unknown-request", () -> stranger.why(request));
      var unknown = refused("unknown-request", () -> stranger.why("0".repeat(16)));
      assertEquals(unknown.problem().text(), known.problem().text());
    }
  }

  @Test
  void noFileHoldsAToken() throws IOException {
    try (var token = token(ONCE)) {
      join(token.value());
      String text = token.value().reveal(b -> new String(b, StandardCharsets.ISO_8859_1));
      assertTrue(text.matches("testudo-join-[0-9a-f]{64}"), "the form of a token");
      assertFalse(token.toString().contains(text));
      try (var files = Files.walk(state)) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          var content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
          assertFalse(content.contains(text.substring(13)), file.toString());
        }
      }
    }
  }
}
