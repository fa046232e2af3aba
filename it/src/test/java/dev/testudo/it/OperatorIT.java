package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.testudo.it.kube.ClusterObjects;
import dev.testudo.it.kube.ClusterStandIn;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.pki.EncryptionKey;
import dev.testudo.trust.pki.EncryptionPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The operator with the rights of its chart, at an API server that refuses every other.
@Timeout(600)
class OperatorIT {
  private static final String OURS = "testudo.dev/signedpolicies";
  private static final String SCONES = "cas.scone.cloud/signedpolicies";
  private static final String ENCRYPTED = "cas.scone.cloud/encryptedpolicies";

  @TempDir private static Path shared;

  private static ClusterStandIn cluster;
  private static ClusterObjects objects;
  private static RunningCas cas;
  private static PolicyObjects policies;
  private static RunningOperator operator;

  @BeforeAll
  static void startAll() throws IOException {
    cas = RunningCas.start(shared.resolve("cas"));
    policies = PolicyObjects.of(cas);
    cluster = ClusterStandIn.start();
    objects = cluster.objects();
    OperatorChart.rendered(Map.of()).installInto(cluster, "operator");
    operator = RunningOperator.start(cluster.kubeconfig(shared.resolve("kubeconfig"), "operator"));
  }

  /// Whatever the tests did, the operator had all rights that it needs.
  @AfterAll
  static void theOperatorAskedForNothingThatItsRolesDoNotGive() throws Exception {
    operator.close();
    cluster.close();
    cas.close();
    assertEquals(Set.of(), cluster.refused("operator"), OperatorIT::readLog);
  }

  private static String readLog() {
    try {
      return operator.log();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static JsonNode condition(String plural, String name, String type, String reason)
      throws InterruptedException {
    Patience.until(
        () -> objects.condition(plural, "prod", name, type).path("reason").asText().equals(reason),
        () ->
            "%s %s has %s%n%s"
                .formatted(plural, name, objects.find(plural, "prod", name), readLog()));
    return objects.condition(plural, "prod", name, type);
  }

  private static String active(String session) throws IOException {
    try (var client = new CasClient(cas.address(), cas.key(), policies.author())) {
      return client.readSession(session).hash();
    }
  }

  private static long refusals(String session) throws IOException {
    return cas.audit().stream()
        .filter(one -> one.path("event").asText().equals("refused"))
        .filter(one -> one.path("subject").asText().equals(session))
        .count();
  }

  @Test
  void aSignedPolicyIsRegisteredAsItsAuthorSignedIt() throws IOException, InterruptedException {
    var text = PolicyObjects.text("first");
    objects.create(policies.signed("prod", "first", text));
    var condition = condition(OURS, "first", "Registered", "Registered");
    assertEquals("True", condition.path("status").asText());
    assertEquals(1, condition.path("observedGeneration").asInt());
    assertEquals(policies.hash(text), active("first"));
    var status = objects.find(OURS, "prod", "first").orElseThrow().path("status");
    assertEquals("Registered", status.path("state").asText());
    assertEquals("first", status.path("session").asText());
    assertEquals(policies.hash(text), status.path("hash").asText());
  }

  @Test
  void anObjectOfSconeIsRegisteredIfItSaysForWhichCasItIs()
      throws IOException, InterruptedException {
    var text = PolicyObjects.text("from-scone");
    objects.create(policies.scone("prod", "with", text, true));
    objects.create(policies.scone("prod", "without", PolicyObjects.text("other"), false));
    condition(SCONES, "with", "Registered", "Registered");
    assertEquals(policies.hash(text), active("from-scone"));
    var refused = condition(SCONES, "without", "Registered", "InvalidPolicy");
    assertEquals("False", refused.path("status").asText());
    Refusals.unknown(() -> active("other"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--scone"})
  void theCommandLineMakesTheObjectOfABundle(String option)
      throws IOException, InterruptedException {
    var text = PolicyObjects.text("bundled" + option.length());
    var file = Files.write(shared.resolve("bundle"), policies.bundle(text).encode());
    var words = new ArrayList<>(List.of("session", "manifest", file.toString(), "--cas-address"));
    words.add(cas.address().toString());
    if (!option.isEmpty()) {
      words.add(option);
    }
    var printed = Command.testudo(words.toArray(String[]::new));
    assertEquals(0, printed.exit(), printed.all());
    var created =
        objects.create(printed.out().replace("{\"name\":", "{\"namespace\":\"prod\",\"name\":"));
    var plural = option.isEmpty() ? OURS : SCONES;
    condition(plural, created.at("/metadata/name").asText(), "Registered", "Registered");
    assertEquals(policies.hash(text), active("bundled" + option.length()));
  }

  @Test
  void policiesComeInAnyOrderAndTheLastRevisionStays() throws IOException, InterruptedException {
    var first = PolicyObjects.text("chain");
    var second = policies.next(first, "secrets: []\n");
    objects.create(policies.signed("prod", "chain-2", second));
    condition(OURS, "chain-2", "Registered", "DependencyMissing");
    objects.create(policies.signed("prod", "chain-1", first));
    condition(OURS, "chain-1", "Registered", "Registered");
    condition(OURS, "chain-2", "Registered", "Registered");
    assertEquals(policies.hash(second), active("chain"));
    // Touched, the first is brought again, and does not come back.
    var old = objects.find(OURS, "prod", "chain-1").orElseThrow();
    objects.merge(
        OURS, "prod", "chain-1", Map.of("spec", Map.of("casAddress", cas.address().toString())));
    condition(OURS, "chain-1", "Registered", "Superseded");
    assertEquals("True", old.at("/status/conditions/0/status").asText());
    assertEquals(policies.hash(second), active("chain"));
  }

  @Test
  void aPolicyThatItsAuthorDidNotSignIsRefusedOnceWithTheWordsOfCas()
      throws IOException, InterruptedException {
    var text = PolicyObjects.text("forged");
    var forged = policies.signed("prod", "forged", text).replace("read: CREATOR", "read: ANY");
    objects.create(forged);
    var condition = condition(OURS, "forged", "Registered", "RefusedByCas");
    assertTrue(
        condition
            .path("message")
            .asText()
            .matches("(?s)invalid-bundle: .* \\(request [0-9a-f]+\\)"),
        condition::toString);
    Refusals.unknown(() -> active("forged"));
    var attempts = refusals("forged");
    objects.create(policies.signed("prod", "later", PolicyObjects.text("later")));
    condition(OURS, "later", "Registered", "Registered");
    assertEquals(attempts, refusals("forged"));
  }

  @Test
  void aPolicyIsForTheCasWithOneKey() throws IOException, InterruptedException {
    try (var other = RunningCas.start(shared.resolve("other"))) {
      var there = new PolicyObjects(cas, other.address().toString(), policies.author());
      objects.create(there.signed("prod", "elsewhere", PolicyObjects.text("elsewhere")));
      condition(OURS, "elsewhere", "Registered", "CasHasAnotherKey");
      objects.delete(OURS, "prod", "elsewhere");
    }
  }

  @Test
  void deletingAnObjectLeavesThePolicyInCas() throws IOException, InterruptedException {
    var text = PolicyObjects.text("kept");
    objects.create(policies.signed("prod", "kept", text));
    condition(OURS, "kept", "Registered", "Registered");
    objects.delete(OURS, "prod", "kept");
    objects.create(policies.signed("prod", "after", PolicyObjects.text("after")));
    condition(OURS, "after", "Registered", "Registered");
    assertEquals(policies.hash(text), active("kept"));
  }

  @Test
  void theContentOfAPolicyDoesNotChange() throws InterruptedException {
    objects.create(policies.signed("prod", "fixed", PolicyObjects.text("fixed")));
    condition(OURS, "fixed", "Registered", "Registered");
    assertEquals(
        Optional.of("Invalid"),
        objects.replace(policies.signed("prod", "fixed", PolicyObjects.text("another"))));
  }

  @Test
  void anEncryptedPolicyIsRegisteredIfItIsForTheKeyOfThisCas()
      throws IOException, InterruptedException {
    var text = PolicyObjects.text("hidden");
    EncryptionPublicKey key;
    try (var client = new CasClient(cas.address(), cas.key(), policies.author())) {
      key = client.encryptionKey();
    }
    var object = policies.encrypted("prod", "hidden", text, key);
    assertFalse(object.contains("access_policy"), object);
    objects.create(object);
    condition(ENCRYPTED, "hidden", "Registered", "Registered");
    assertEquals(policies.hash(text), active("hidden"));
    var status = objects.find(ENCRYPTED, "prod", "hidden").orElseThrow().path("status");
    assertEquals(policies.hash(text), status.path("hash").asText());
    assertFalse(status.has("session"), status::toString);

    var other = EncryptionKey.generate(new SecureRandom()).publicKey();
    objects.create(policies.encrypted("prod", "foreign", PolicyObjects.text("foreign"), other));
    var refused = condition(ENCRYPTED, "foreign", "Registered", "RefusedByCas");
    assertEquals("False", refused.path("status").asText());
    Refusals.unknown(() -> active("foreign"));
  }

  @Test
  void whatSconeNeedsAndTestudoDoesNotIsAnswered() throws InterruptedException {
    for (var kind : List.of("LAS", "SGXPlugin")) {
      objects.create(
          """
          apiVersion: base.scone.cloud/v1beta1
          kind: %s
          metadata: {name: %s}
          spec: {hostPort: 18766, anything: {goes: true}}
          """
              .formatted(kind, kind.toLowerCase(java.util.Locale.ROOT)));
    }
    objects.create(
        """
        apiVersion: services.scone.cloud/v1beta1
        kind: CAS
        metadata: {name: cas, namespace: prod}
        spec: {image: registry.scontain.com/cas, persistence: {enabled: true}}
        """);
    condition("services.scone.cloud/cas", "cas", "Ready", "NotSupported");
    for (var plural : List.of("las", "sgxplugins")) {
      var name = plural.equals("las") ? "las" : "sgxplugin";
      Patience.until(
          () ->
              objects
                  .condition(plural, "", name, "Ready")
                  .path("reason")
                  .asText()
                  .equals("NotNeeded"),
          () -> plural + " is not answered\n" + readLog());
    }
  }

  @Test
  void itCountsWhatItDoesAndSaysThatItIsAlive() throws IOException, InterruptedException {
    objects.create(policies.signed("prod", "counted", PolicyObjects.text("counted")));
    condition(OURS, "counted", "Registered", "Registered");
    assertEquals("200 ok\n", operator.ask("/livez"));
    assertEquals("200 ok\n", operator.ask("/readyz"));
    var metrics = operator.ask("/metrics");
    assertTrue(
        metrics
            .lines()
            .anyMatch(
                one ->
                    one.matches(
                        "testudo_operator_reconciles_succeeded_total"
                            + "\\{kind=\"signedpolicies.testudo.dev\"} [1-9][0-9]*")),
        metrics);
    assertTrue(operator.leads(), metrics);
    assertFalse(metrics.contains("reconciles_failed_total{"), metrics);
  }

  /// Refusals of CAS.
  private static final class Refusals {
    interface Asked {
      void ask() throws IOException;
    }

    static void unknown(Asked asked) throws IOException {
      try {
        asked.ask();
      } catch (CasException e) {
        assertEquals("unknown-session", e.problem().id());
        return;
      }
      throw new AssertionError("CAS has the session");
    }
  }
}
