package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Kinds of vulnerabilities that other secret stores had, with the advisory of one of them. None of
/// them works here.
class AdvisoriesTest extends WithTestCas {
  private static final ServiceId SERVICE = ServiceId.parse("a/s").orElseThrow();

  private static String named(String name) {
    return "name: %s\nversion: 0.3.10\n".formatted(name);
  }

  private HttpResponse<String> send(Identity me, String method, String path, byte[] body)
      throws IOException {
    var tls = ChannelTls.client(cas.server().keyHash(), me);
    try (var client = HttpClient.newBuilder().sslContext(tls).build()) {
      var request =
          HttpRequest.newBuilder(URI.create("https://" + cas.address() + path))
              .timeout(Duration.ofSeconds(60))
              .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /// GHSA-59w7-v8rr-pr4p: values with `*`, `+`, `/` or `,` in a template widened a policy.
  @ParameterizedTest
  @ValueSource(strings = {"*", "a/*", "a,b", "a+b", "+", "a/+/b", "a b"})
  void noNameStandsForSeveral(String name) throws IOException {
    for (var text :
        new String[] {
          named("\"" + name + "\""),
          named("x") + "secrets: [{name: p, kind: ascii, export: {session: \"%s\"}}]\n",
          named("x") + "secrets: [{name: p, kind: ascii, export: {namespace: \"%s\"}}]\n",
          named("x") + "access_policy: {read: [\"%s\"]}\n"
        }) {
      refused("invalid-session", () -> cas.create(text.formatted(name)));
    }
    try (var stranger = cas.client(Identity.ephemeral("stranger"))) {
      refused("unknown-session", () -> stranger.readSession("x"));
    }
  }

  /// The same class: a value that looks like a placeholder is not expanded again.
  @Test
  void aValueIsNotATemplate() throws IOException {
    var secrets =
        """
        secrets:
          - {name: other, kind: ascii, value: hidden}
          - {name: user, kind: ascii, value: "$$SCONE::other$$"}
        """;
    cas.create(TestCas.showing("a", "$$SCONE::user$$", secrets));
    assertEquals("$$SCONE::other$$", cas.fetch("a/s").environment().get("V"));
  }

  /// GHSA-g892-p242-8g86: an authority issued certificates for addresses that nobody had checked.
  /// Here the policy alone says the names, and each is one name in its only spelling.
  @ParameterizedTest
  @ValueSource(
      strings = {"ip:10.0.0.256", "ip:010.0.0.1", "ip:10.0.0.0/8", "dns:a,b", "dns:a b", "a.b"})
  void certificatesHaveOnlyNamesOfThePolicy(String name) {
    var text =
        named("a")
            + """
              secrets:
                - {name: key, kind: private-key}
                - {name: crt, kind: x509, private_key: key, san: ["%s"]}
              """;
    refused("invalid-session", () -> cas.create(text.formatted(name)));
  }

  /// CVE-2026-3605: `.` and `..` in the path of a request reached what the policy denied.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/sessions/b/../a",
        "/v1/sessions/./a",
        "/v1/values/../sessions/a",
        "//v1/../a"
      })
  void pathsHaveOneSpelling(String path) throws IOException {
    cas.create(named("a"));
    var answer = send(cas.owner, "GET", path, new byte[0]);
    assertTrue(answer.statusCode() >= 400, answer::body);
    assertFalse(answer.body().contains("version: 0.3.10"), answer::body);
  }

  /// GHSA-mwr2-wmgp-crj6: other spellings of the root namespace.
  @ParameterizedTest
  @ValueSource(strings = {"//", "/a", "a/", "a//b", ".", "./", "a/.", "a/../b", "root/.."})
  void theRootNamespaceHasOneSpelling(String name) {
    refused("invalid-session", () -> cas.create(named("\"" + name + "\"")));
  }

  /// CVE-2026-40264: rights in one namespace sufficed to revoke what belonged to another.
  @Test
  void aTokenIsRevokedThroughItsOwnSessionOnly() throws IOException {
    cas.create(TestCas.joining("a", "x", ""));
    try (var owner = cas.client(cas.owner);
        var other = cas.client(Identity.ephemeral("other"))) {
      var token = owner.createJoinToken(SERVICE, new JoinTokenOrder(1, Duration.ofHours(1)));
      other.createSession(TestCas.joining("b", "y", ""));
      var ofOther = ServiceId.parse("b/s").orElseThrow();
      assertThrows(IOException.class, () -> other.revokeJoinToken(ofOther, token.id()));
      refused("not-permitted", () -> other.revokeJoinToken(SERVICE, token.id()));
      assertEquals("x", fetch(token.value()));
    }
  }

  private String fetch(Secret token) throws IOException {
    return cas.fetch(
            "a/s", report -> TestCas.evidence(TestCas.GOOD_IMAGE, report), Optional.of(token))
        .environment()
        .getOrDefault("V", "");
  }

  /// CVE-2026-39388: another valid certificate with the same name renewed a login.
  @Test
  void aCertificateWithTheSameNameIsAnotherCaller() throws IOException {
    cas.create(named("a"));
    try (var impostor = cas.client(Identity.ephemeral("owner.example"))) {
      refused("not-permitted", () -> impostor.readSession("a"));
      refused("not-permitted", () -> impostor.updateSession("a", named("a") + "services: []\n"));
    }
  }

  /// CVE-2025-64761: a name in another case was another name for one check and the same for the
  /// next.
  @Test
  void namesInAnotherCaseAreOtherNames() throws IOException {
    cas.create(named("team") + "secrets: [{name: p, kind: ascii, value: hidden}]\n");
    try (var other = cas.client(Identity.ephemeral("other"))) {
      other.createSession(named("Team"));
      refused("not-permitted", () -> other.readSession("team"));
      refused("not-permitted", () -> other.createSession(named("team/below")));
      other.createSession(named("Team/below"));
    }
  }

  /// CVE-2026-5807: a caller who was nobody cancelled what others had begun.
  @Test
  void aStrangerCancelsNothing() throws IOException {
    cas.create(TestCas.joining("a", "x", ""));
    try (var owner = cas.client(cas.owner);
        var stranger = cas.client(Identity.ephemeral("stranger"))) {
      var token = owner.createJoinToken(SERVICE, new JoinTokenOrder(1, Duration.ofHours(1)));
      var hash = owner.readSession("a").hash();
      refused("not-permitted", () -> stranger.deleteSession("a", hash));
      refused("not-permitted", () -> stranger.revokeJoinToken(SERVICE, token.id()));
      assertEquals("x", fetch(token.value()));
    }
  }

  /// CVE-2025-62513: secrets in the audit log. CVE-2025-4166: secrets in the text of an error.
  @Test
  void aPolicyWithMistakesIsNeitherLoggedNorQuoted() throws IOException {
    var text =
        named("a")
            + """
              secrets:
                - {name: p, kind: ascii, value: hunter2hunter2, sise: 3}
              """;
    var mistake = refused("invalid-session", () -> cas.create(text));
    assertFalse(mistake.problem().text().contains("hunter2"), mistake.problem().text());
    for (var file : new String[] {"audit.jsonl", "cas.db", "cas.db-wal"}) {
      var content = Files.readString(state.resolve(file), StandardCharsets.ISO_8859_1);
      assertFalse(content.contains("hunter2"), file);
    }
  }

  /// CVE-2025-59043: JSON that is small to send and large to read.
  @Test
  void jsonIsLimitedInDepthAndLength() throws IOException {
    for (var body :
        new String[] {
          "[".repeat(60_000),
          "{\"a\":".repeat(10_000),
          "{\"service\":" + "9".repeat(60_000) + "}",
          "{" + "\"a\":1,".repeat(8_000) + "\"b\":1}",
          "[" + "0,".repeat(100_000) + "0]"
        }) {
      var answer =
          send(
              Identity.ephemeral("stranger"),
              "POST",
              "/v1/attestation",
              body.getBytes(StandardCharsets.UTF_8));
      assertTrue(List.of(400, 403, 413).contains(answer.statusCode()), answer::body);
    }
    cas.create(named("still-there"));
  }

  /// GHSA-xp3c-3jw3-4vcr: a list showed what the policy denied.
  @Test
  void nothingIsListedToStrangers() throws IOException {
    cas.create(named("hidden-name"));
    for (var path : new String[] {"/v1/sessions", "/v1/sessions/", "/v1/values/", "/v1/tokens/"}) {
      var answer = send(Identity.ephemeral("stranger"), "GET", path, new byte[0]);
      assertFalse(answer.body().contains("hidden-name"), answer::body);
    }
  }
}
