package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whatever is wrong with a session or with its secrets, a caller that is not attested gets the
/// same answer. Only the audit log differs.
class UnattestedCallersTest extends WithTestCas {
  /// No refusal is faster. A machine under load can only make this test pass more easily.
  private static final Duration LEAST = Duration.ofMillis(50);

  private static final String OWNER =
      """
      name: m/owner
      version: 0.3.11
      secrets:
        - {name: unfit, kind: config-fragment, value: {tolerate: [nonsense]}, export: {namespace: m}}
        - {name: forbidden, kind: config-fragment, value: {tolerate: [software-evidence]}, export: {namespace: m}}
        - {name: key, kind: private-key, export: {namespace: m}}
        - {name: secret, kind: ascii, export: {session: elsewhere}}
        - {name: long, kind: config-fragment, value: [%s], export: {namespace: m}}
      """
          .formatted("x, ".repeat(1_000));

  /// What stands in the policy of a session, by what is wrong with it.
  private static final Map<String, String> POLICIES = new LinkedHashMap<>();

  static {
    POLICIES.put("missing", structure("nosuch"));
    POLICIES.put("unfit", structure("unfit"));
    POLICIES.put("long", structure("long"));
    POLICIES.put("unsuitable", structure("key"));
    POLICIES.put("withheld", structure("secret"));
    POLICIES.put("forbidden", imported("forbidden") + "security: {attestation: $$SCONE::f$$}\n");
    POLICIES.put("no-token", token("nosuch"));
    POLICIES.put("withheld-token", token("secret"));
    POLICIES.put("intolerant", "security: {service_access_token: %s}\n".formatted(TestCas.TOKEN));
    POLICIES.put(
        "other-token",
        "security: {attestation: {tolerate: software-evidence}, service_access_token: another-token-of-some-length}\n");
  }

  private static String imported(String secret) {
    return "secrets: [{name: f, import: {session: m/owner, secret: %s}}]\n".formatted(secret);
  }

  private static String structure(String secret) {
    return imported(secret)
        + "security: {attestation: $$SCONE::f$$, service_access_token: %s}\n"
            .formatted(TestCas.TOKEN);
  }

  private static String token(String secret) {
    return imported(secret)
        + "security: {attestation: {tolerate: software-evidence}, service_access_token: $$SCONE::f$$}\n";
  }

  @BeforeEach
  void register() throws IOException {
    cas.create("name: m\nversion: 0.3\n");
    cas.create(OWNER);
    for (var policy : POLICIES.entrySet()) {
      cas.create(
          """
          name: m/%s
          version: 0.3.11
          services: [{name: s, command: prog, attestation: [{mrenclave: %s}]}]
          %s
          """
              .formatted(policy.getKey(), TestCas.GOOD.hex(), policy.getValue()));
    }
  }

  @Test
  void allGetTheSameAnswer() throws IOException {
    var unknown = answer("m/nosuch/s");
    assertEquals("unknown-session", AuditLog.lastRefusal(state).reason());
    var reasons = new HashSet<List<String>>();
    for (var name : POLICIES.keySet()) {
      assertEquals(unknown, answer("m/" + name + "/s"), name);
      assertEquals("attestation-refused", AuditLog.lastRefusal(state).reason());
      reasons.add(AuditLog.lastRefusal(state).details());
    }
    assertEquals(POLICIES.size(), reasons.size(), reasons.toString());
    assertEquals(unknown, answer("m/missing/nosuch"));
    assertEquals(unknown, answer("../m"));
  }

  /// Returns all that a caller sees, without the ids of the request and the date.
  private String answer(String service) throws IOException {
    try (var agent = new AgentByHand(cas)) {
      var nonce = agent.nonce();
      var began = System.nanoTime();
      var response = agent.attest(service, nonce);
      var took = Duration.ofNanos(System.nanoTime() - began);
      assertTrue(took.compareTo(LEAST) >= 0, took.toString());
      return shown(response);
    }
  }

  private static String shown(HttpResponse<byte[]> response) {
    Map<String, List<String>> headers = new LinkedHashMap<>(response.headers().map());
    headers.remove("date");
    headers.remove("x-request-id");
    var body = new String(response.body(), StandardCharsets.UTF_8);
    assertTrue(body.contains("\"request\":\""), body);
    return response.statusCode()
        + headers.toString()
        + body.replaceAll("\"request\":\"[^\"]*\"", "");
  }
}
