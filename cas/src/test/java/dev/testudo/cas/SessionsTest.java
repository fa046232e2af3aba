package dev.testudo.cas;

import static dev.testudo.cas.Refusals.diagnostics;
import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.pki.Certificates;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SessionsTest extends WithTestCas {
  private static final Identity STRANGER = Identity.ephemeral("stranger.example");
  private static final String EMPTY = "name: a\nversion: 0.3\n";

  private static String with(String... access) {
    return EMPTY + "access_policy:\n  " + String.join("\n  ", access) + "\n";
  }

  @Test
  void aSessionIsReadAsItWasWritten() throws IOException {
    var yaml = EMPTY + "# a comment, äöü\n";
    var hash = cas.create(yaml);
    try (var client = cas.client(cas.owner)) {
      assertEquals(yaml, client.readSession("a").yaml());
      assertEquals(hash, client.readSession("a").hash());
      assertTrue(client.healthy());
      assertEquals(CasServer.VERSION, client.version());
    }
  }

  @Test
  void anotherKeyIsNotTrusted() {
    try (var client = new CasClient(cas.address(), STRANGER.keyHash(), cas.owner)) {
      var e = assertThrows(IOException.class, () -> client.createSession(EMPTY));
      assertTrue(causes(e).anyMatch(CertificateException.class::isInstance), e.toString());
    }
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.iterate(e, Objects::nonNull, Throwable::getCause);
  }

  @Test
  void theSameAgainChangesNothing() throws IOException {
    var hash = cas.create(EMPTY);
    assertEquals(hash, cas.create(EMPTY));
    assertEquals(hash, cas.create(PredecessorLine.withPredecessor(EMPTY, hash)));
    assertEquals(hash, cas.update("a", EMPTY));
  }

  @Test
  void aChangeNeedsTheActiveHashAsPredecessor() throws IOException {
    var first = cas.create(EMPTY);
    var changed = EMPTY + "services: []\n";
    refused("session-exists", () -> cas.create(changed));
    refused(
        "wrong-predecessor",
        () -> cas.create(PredecessorLine.withPredecessor(changed, "0".repeat(64))));
    var second = cas.update("a", changed);
    assertNotEquals(first, second);
    refused(
        "wrong-predecessor",
        () -> cas.create(PredecessorLine.withPredecessor(EMPTY + "images: []\n", first)));
    try (var client = cas.client(cas.owner)) {
      assertEquals(second, client.readSession("a").hash());
      assertEquals(EMPTY, client.readSession("a", first).yaml());
    }
  }

  @Test
  void aNewSessionHasNoPredecessor() {
    refused(
        "wrong-predecessor",
        () -> cas.create(PredecessorLine.withPredecessor(EMPTY, "0".repeat(64))));
  }

  @Test
  void whoHasNoRightIsRefusedAndNothingChanges() throws IOException {
    var hash = cas.create(EMPTY);
    try (var stranger = cas.client(STRANGER)) {
      refused("not-permitted", () -> stranger.readSession("a"));
      refused("not-permitted", () -> stranger.createSession(EMPTY));
      refused(
          "not-permitted",
          () -> stranger.createSession(PredecessorLine.withPredecessor(EMPTY + "#", hash)));
    }
    try (var client = cas.client(cas.owner)) {
      assertEquals(hash, client.readSession("a").hash());
    }
  }

  @Test
  void rightsAreGivenByKeyHashCertificateAnyAndNobody() throws IOException {
    cas.create(with("read: [" + STRANGER.keyHash() + "]", "update: NONE"));
    try (var stranger = cas.client(STRANGER)) {
      stranger.readSession("a");
    }
    refused("not-permitted", () -> cas.update("a", EMPTY));

    var pem = Certificates.toPem(List.of(STRANGER.certificate())).indent(8);
    cas.create(
        "name: b\nversion: 0.3\naccess_policy:\n  read:\n    - |\n" + pem + "  update: [ANY]\n");
    try (var stranger = cas.client(STRANGER)) {
      var hash = stranger.readSession("b").hash();
      stranger.createSession(PredecessorLine.withPredecessor("name: b\nversion: 0.3\n", hash));
    }
    try (var client = cas.client(cas.owner)) {
      assertEquals(
          "b", client.readSession("b").yaml().split("name: ", -1)[1].strip().substring(0, 1));
    }
  }

  @Test
  void theCreatorStaysTheCreator() throws IOException {
    var open = with("update: ANY", "read: CREATOR");
    var hash = cas.create(open);
    try (var stranger = cas.client(STRANGER)) {
      stranger.createSession(PredecessorLine.withPredecessor(open + "# mine\n", hash));
      refused("not-permitted", () -> stranger.readSession("a"));
    }
    try (var client = cas.client(cas.owner)) {
      assertEquals(
          PredecessorLine.withPredecessor(open + "# mine\n", hash), client.readSession("a").yaml());
    }
  }

  @Test
  void aSessionBelongsToItsNamespace() throws IOException {
    refused("unknown-session", () -> cas.create("name: a/b\nversion: 0.3\n"));
    var hash = cas.create(EMPTY);
    cas.create("name: a/b\nversion: \"0.3.11\"\nnamespace_hash: " + hash + "\n");
    refused(
        "wrong-namespace",
        () ->
            cas.create("name: a/c\nversion: \"0.3.11\"\nnamespace_hash: " + "0".repeat(64) + "\n"));
    try (var stranger = cas.client(STRANGER)) {
      refused("not-permitted", () -> stranger.createSession("name: a/d\nversion: 0.3\n"));
    }
    cas.update("a", with("create_sessions: [" + STRANGER.keyHash() + "]"));
    try (var stranger = cas.client(STRANGER)) {
      stranger.createSession("name: a/d\nversion: 0.3\n");
    }
    refused("not-permitted", () -> cas.create("name: a/e\nversion: 0.3\n"));
  }

  @Test
  void mistakesAreShownWhereTheyAre() {
    var e = refused("invalid-session", () -> cas.create("name: a\nversion: 0.3\nservcies: []\n"));
    assertEquals(400, e.status());
    assertEquals(List.of("unknown-key session:3:1"), diagnostics(e.problem()));
  }

  @Test
  void aMistakeInAGivenKeyIsShownWithoutTheKey() {
    var e =
        refused(
            "invalid-session",
            () ->
                cas.create(
                    EMPTY
                        + """
                        secrets:
                          - name: k
                            kind: private-key
                            value: |
                              -----BEGIN PRIVATE KEY-----
                              c2VjcmV0c2VjcmV0
                              -----END PRIVATE KEY-----
                        """));
    assertFalse(e.toString().contains("c2VjcmV0"), e.getMessage());
    try (var client = cas.client(cas.owner)) {
      refused("unknown-session", () -> client.readSession("a"));
    }
  }

  @Test
  void everythingIsThereAfterARestart() throws IOException {
    var key = cas.server().keyHash();
    var hash = cas.create(EMPTY);
    cas.restart();
    assertEquals(key, cas.server().keyHash());
    assertEquals(hash, cas.create(EMPTY));
  }

  @Test
  void rightsCanBeGivenByASecret() throws IOException {
    var named =
        "secrets: [{name: who, kind: ascii, value: %s}]\naccess_policy: {read: [$$SCONE::who$$]}\n";
    cas.create(EMPTY + named.formatted(STRANGER.keyHash()));
    try (var stranger = cas.client(STRANGER);
        var client = cas.client(cas.owner)) {
      stranger.readSession("a");
      refused("not-permitted", () -> client.readSession("a"));
    }
    cas.create("name: b\nversion: 0.3\n" + named.formatted("nobody"));
    try (var client = cas.client(cas.owner)) {
      refused("not-permitted", () -> client.readSession("b"));
    }
  }

  @Test
  void oneCallerIsNotTwo() throws IOException {
    var quorum = "update: [{require-at-least-%d: [CREATOR, " + STRANGER.keyHash() + "]}]";
    var hash = cas.create(with(quorum.formatted(2), "read: ANY"));
    refused("not-permitted", () -> cas.update("a", EMPTY));
    try (var stranger = cas.client(STRANGER)) {
      refused("not-permitted", () -> stranger.updateSession("a", EMPTY));
      assertEquals(hash, stranger.readSession("a").hash());
    }
    cas.create("name: b\n" + with(quorum.formatted(1)).substring("name: a\n".length()));
    cas.update("b", "name: b\nversion: 0.3\n");
  }

  @Test
  void applyingCreatesThenKeepsThenUpdates() throws IOException {
    try (var client = cas.client(cas.owner)) {
      var first = client.applySession("a", EMPTY);
      assertEquals(first, client.applySession("a", EMPTY));
      var second = client.applySession("a", EMPTY + "images: []\n");
      assertNotEquals(first, second);
      assertEquals(second, client.applySession("a", EMPTY + "images: []\n"));
    }
  }

  @Test
  void theRootNamespaceIsSealedByTheFirstSession() throws IOException {
    var root = "name: /\nversion: \"0.3.11\"\naccess_policy: {create_sessions: NONE}\n";
    cas.create(root);
    refused("not-permitted", () -> cas.create(EMPTY));
  }

  @Test
  void theRootNamespaceCannotBeTakenLater() throws IOException {
    cas.create(EMPTY);
    refused("not-permitted", () -> cas.create("name: /\nversion: \"0.3.11\"\n"));
  }
}
