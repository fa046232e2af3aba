package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cas.ServerOptions.RootNamespace;
import dev.testudo.cas.quota.Quotas;
import dev.testudo.cas.store.OldStore;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is deleted with a session, and what prevents its deletion.
class DeletionTest {
  private static final String OTHER_HASH = "0".repeat(64);
  private static final String SECRETS =
      """
      secrets:
        - {name: p, kind: ascii, size: 20}
        - {name: key, kind: private-key}
        - {name: ca, kind: x509-ca, private_key: key, export_public: true}
      """;

  @TempDir private Path state;
  private TestCas cas;
  private CasClient client;

  @BeforeEach
  void start() throws IOException {
    cas = new TestCas(state);
    client = cas.client(cas.owner);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    cas.close();
  }

  private void restart() throws IOException {
    client.close();
    cas.restart();
    client = cas.client(cas.owner);
  }

  private static String session(String name) {
    return "name: %s\nversion: 0.3\n".formatted(name);
  }

  @Test
  void aSessionOfTheSameNameAndTextGetsFreshSecrets() throws IOException {
    var yaml = TestCas.showing("a", "$$SCONE::p$$", SECRETS);
    var first = cas.create(yaml);
    var value = cas.shown("a");
    var ca = cas.publicValue("a", "ca");
    client.updateSession("a", yaml + "# another\n");
    client.deleteSession("a", client.updateSession("a", yaml + "# a third\n"));
    refused("unknown-session", () -> client.readSession("a"));
    refused("unknown-session", () -> client.readSession("a", first));
    refused("unknown-session", () -> cas.publicValue("a", "ca"));
    assertThrows(AttestationException.class, () -> cas.shown("a"));
    restart();
    refused("unknown-session", () -> client.readSession("a"));
    assertEquals(first, cas.create(yaml));
    assertNotEquals(value, cas.shown("a"));
    assertNotEquals(ca, cas.publicValue("a", "ca"));
    restart();
    assertNotEquals(value, cas.shown("a"));
  }

  @Test
  void joinTokensGoWithTheSession() throws IOException {
    var yaml = TestCas.joining("a", "x", "");
    var service = ServiceId.parse("a/s").orElseThrow();
    var hash = cas.create(yaml);
    String text;
    try (var token = client.createJoinToken(service, new JoinTokenOrder(5, Duration.ofDays(1)))) {
      text = token.value().reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    }
    client.deleteSession("a", hash);
    cas.create(yaml);
    assertEquals(0, client.joinTokens(service).size());
    assertThrows(
        AttestationException.class,
        () ->
            cas.fetch(
                "a/s",
                report -> TestCas.evidence(TestCas.GOOD_IMAGE, report),
                Optional.of(Secret.ofText(text))));
  }

  @Test
  void onlyTheRevisionThatWasSeenIsDeleted() throws IOException {
    var first = cas.create(session("a"));
    refused("wrong-predecessor", () -> client.deleteSession("a", OTHER_HASH));
    var second = client.updateSession("a", session("a") + "# more\n");
    refused("wrong-predecessor", () -> client.deleteSession("a", first));
    refused("malformed-request", () -> client.deleteSession("a", ""));
    assertEquals(second, client.readSession("a").hash());
    client.deleteSession("a", second);
    refused("unknown-session", () -> client.deleteSession("a", second));
  }

  @Test
  void whoMayNotUpdateASessionDoesNotDeleteIt() throws IOException {
    var guest = Identity.ephemeral("guest");
    var closed = cas.create(session("a") + "access_policy: {read: ANY}\n");
    var open =
        cas.create(session("b") + "access_policy: {update: [%s]}\n".formatted(guest.keyHash()));
    try (var other = cas.client(guest)) {
      refused("not-permitted", () -> other.deleteSession("a", closed));
      assertEquals(closed, client.readSession("a").hash());
      other.deleteSession("b", open);
    }
    refused("unknown-session", () -> client.readSession("b"));
  }

  @Test
  void aSessionThatOthersImportFromStaysUntilItExportsNothingToThem() throws IOException {
    cas.create(session("m"));
    var exporting =
        cas.create(
            session("m/db")
                + "secrets: [{name: p, kind: ascii, size: 20, export: {session: ../api}}]\n");
    cas.create(
        TestCas.showing(
            "m/api",
            "$$SCONE::p$$",
            "secrets:\n  - {name: p, import: {session: \"../d\\x62\", secret: p}}\n"));
    cas.create(session("m/spy") + "secrets: [{name: p, import: {session: m/db, secret: p}}]\n");
    var value = cas.shown("m/api");
    var e = refused("session-in-use", () -> client.deleteSession("m/db", exporting));
    assertEquals(409, e.status());
    assertEquals(
        "secrets of session `m/db` are imported by m/api; delete those first, or update the session so that it exports nothing to them",
        e.problem().text());
    restart();
    refused("session-in-use", () -> client.deleteSession("m/db", exporting));
    assertEquals(value, cas.shown("m/api"));
    var closed =
        client.updateSession(
            "m/db", session("m/db") + "secrets: [{name: p, kind: ascii, size: 20}]\n");
    client.deleteSession("m/db", closed);
    assertThrows(AttestationException.class, () -> cas.shown("m/api"));
  }

  @Test
  void theImportsThatCountAreThoseOfTheActiveRevision() throws IOException {
    cas.create(session("m"));
    var hash =
        cas.create(
            session("m/db")
                + "secrets: [{name: p, kind: ascii, size: 20, export: {namespace: m}}]\n");
    cas.create(session("m/api") + "secrets: [{name: p, import: {session: m/db, secret: p}}]\n");
    refused("session-in-use", () -> client.deleteSession("m/db", hash));
    client.updateSession("m/api", session("m/api"));
    client.deleteSession("m/db", hash);
  }

  @Test
  void aStoreOfTheFormatBeforeLearnsWhoImportsFromWhom() throws IOException {
    var hash =
        cas.create(
            session("db")
                + "secrets: [{name: p, kind: ascii, size: 20, export: {session: api}}]\n");
    cas.create(session("api") + "secrets: [{name: p, import: {session: db, secret: p}}]\n");
    client.close();
    cas.restart(() -> OldStore.format2(state));
    client = cas.client(cas.owner);
    refused("session-in-use", () -> client.deleteSession("db", hash));
  }

  @Test
  void aNamespaceThatHoldsSessionsStays() throws IOException {
    var root = cas.create(session("/"));
    var above = cas.create(session("m"));
    cas.create(session("mm"));
    var below = cas.create(session("m/a"));
    refused("session-in-use", () -> client.deleteSession("m", above));
    refused("session-in-use", () -> client.deleteSession("/", root));
    client.deleteSession("m/a", below);
    client.deleteSession("m", above);
    assertEquals(session("mm"), client.readSession("mm").yaml());
  }

  @Test
  void theLogTellsOfItAndOfRefusedOnes() throws IOException {
    var hash = cas.create(session("a"));
    refused("wrong-predecessor", () -> client.deleteSession("a", OTHER_HASH));
    client.deleteSession("a", hash);
    client.close();
    cas.close();
    var deleted = AuditLog.of(state, "session-deleted");
    assertEquals(1, deleted.size());
    assertEquals("a", deleted.getFirst().text("session"));
    assertEquals(hash, deleted.getFirst().text("hash"));
    assertEquals(1, deleted.getFirst().natural("revision"));
    var refused = AuditLog.of(state, "refused");
    assertEquals(1, refused.size());
    assertEquals("delete-session", refused.getFirst().text("action"));
    assertEquals("a", refused.getFirst().text("subject"));
    assertEquals("wrong-predecessor", refused.getFirst().text("reason"));
  }

  @Test
  void whatWasDeletedCountsToNoQuota() throws IOException {
    client.close();
    cas.close();
    cas = new TestCas(state, RootNamespace.FIRST_COME, Quotas.USUAL.with("key=1,1").orElseThrow());
    client = cas.client(cas.owner);
    for (var i = 0; i < 5; i++) {
      var hash = client.createSession(session("a" + i) + "# " + "x".repeat(500_000) + "\n");
      refused("quota-exceeded", () -> client.createSession(session("b")));
      client.deleteSession("a" + i, hash);
    }
  }
}
