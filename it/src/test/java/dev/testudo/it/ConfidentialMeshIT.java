package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.testudo.it.kube.ClusterObjects;
import dev.testudo.it.kube.ClusterStandIn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the operator reports of a mesh, whose pods the test plays.
@Timeout(600)
class ConfidentialMeshIT {
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
    // Rights in one namespace only.
    OperatorChart.rendered(Map.of("namespaces[0]", "prod")).installInto(cluster, "operator");
    operator =
        RunningOperator.start(
            cluster.kubeconfig(shared.resolve("kubeconfig"), "operator"), "--namespace", "prod");
  }

  @AfterAll
  static void theOperatorAskedForNothingThatItsRolesDoNotGive() throws IOException {
    operator.close();
    cluster.close();
    cas.close();
    assertEquals(Set.of(), cluster.refused("operator"));
  }

  private static void mesh(String mesh, boolean restarts) {
    objects.create(
        """
        apiVersion: testudo.dev/v1alpha1
        kind: ConfidentialMesh
        metadata: {name: %s, namespace: prod}
        spec: {restartOnPolicyChange: %s}
        """
            .formatted(mesh, restarts));
  }

  private static void deployment(String mesh, String service) {
    objects.create(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          {name: SERVICE, namespace: prod, labels: {app.kubernetes.io/name: SERVICE, app.kubernetes.io/part-of: MESH}}
        spec:
          replicas: 1
          selector: {matchLabels: {app.kubernetes.io/name: SERVICE}}
          template:
            metadata: {labels: {app.kubernetes.io/name: SERVICE}}
            spec:
              containers: [{name: SERVICE, image: i, env: [{name: SCONE_CONFIG_ID, value: MESH/SERVICE}]}]
        """
            .replace("SERVICE", service)
            .replace("MESH", mesh));
  }

  private static void pod(String mesh, String service, Map<String, Object> status) {
    objects.create(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          {name: SERVICE-1, namespace: prod, labels: {app.kubernetes.io/name: SERVICE, app.kubernetes.io/part-of: MESH}}
        spec: {containers: [{name: SERVICE, image: i}]}
        """
            .replace("SERVICE", service)
            .replace("MESH", mesh));
    objects.status("pods", "prod", service + "-1", status);
  }

  private static Map<String, Object> ready() {
    return Map.of("conditions", List.of(Map.of("type", "Ready", "status", "True")));
  }

  private static Map<String, Object> ended(int code, String message) {
    var end = Map.of("exitCode", code, "message", message);
    return Map.of(
        "containerStatuses",
        List.of(
            Map.of(
                "name",
                "c",
                "image",
                "i",
                "imageID",
                "i",
                "ready",
                false,
                "restartCount",
                1,
                "lastState",
                Map.of("terminated", end))));
  }

  private static JsonNode until(String mesh, String type, String reason)
      throws InterruptedException {
    Patience.until(
        () ->
            objects
                .condition("confidentialmeshes", "prod", mesh, type)
                .path("reason")
                .asText()
                .equals(reason),
        () -> "not %s: %s".formatted(reason, objects.find("confidentialmeshes", "prod", mesh)));
    return objects.find("confidentialmeshes", "prod", mesh).orElseThrow().path("status");
  }

  @Test
  void aMeshIsAttestedOnceAllItsPodsAreReady() throws InterruptedException {
    mesh("shop", false);
    until("shop", "Attested", "NoWorkloads");
    deployment("shop", "web");
    pod("shop", "web", Map.of());
    until("shop", "Attested", "Waiting");
    objects.status("pods", "prod", "web-1", ready());
    var status = until("shop", "Attested", "Attested");
    assertEquals("web", status.at("/services/0/name").asText());
    assertEquals(1, status.at("/services/0/attested").asInt());
    assertEquals("Unknown", status.at("/conditions/1/status").asText());
  }

  @Test
  void itSaysWhomCasRefusedAndWhichRequestExplainsIt() throws InterruptedException {
    mesh("bank", false);
    deployment("bank", "ledger");
    var said = "CAS refuses; `testudo cas why 0123456789abcdef`";
    pod("bank", "ledger", ended(4, said));
    var status = until("bank", "Attested", "RefusedByCas");
    assertEquals("ledger-1 ended with 4: " + said, status.at("/services/0/message").asText());
    assertEquals(1, status.at("/services/0/refused").asInt());
    objects.status("pods", "prod", "ledger-1", ended(3, "CAS was not reached"));
    until("bank", "Attested", "EnvironmentFailed");
    objects.status("pods", "prod", "ledger-1", ended(1, "no such file"));
    until("bank", "Attested", "CannotStart");
  }

  @Test
  void itRestartsWhatHasAnotherPolicyIfItIsTold() throws InterruptedException {
    mesh("moving", true);
    mesh("staying", false);
    for (var mesh : List.of("moving", "staying")) {
      deployment(mesh, "s-" + mesh);
      pod(mesh, "s-" + mesh, ready());
      objects.create(policies.signed("prod", mesh + "-1", PolicyObjects.text(mesh)));
      until(mesh, "PoliciesRegistered", "Registered");
    }
    assertTrue(annotation("moving").isMissingNode(), "the first policy restarts nothing");
    for (var mesh : List.of("staying", "moving")) {
      var next = policies.next(PolicyObjects.text(mesh), "secrets: []\n");
      objects.create(policies.signed("prod", mesh + "-2", next));
    }
    Patience.until(() -> !annotation("moving").isMissingNode(), () -> "it does not restart");
    assertTrue(annotation("staying").isMissingNode());
  }

  private static JsonNode annotation(String mesh) {
    return objects
        .find("deployments", "prod", "s-" + mesh)
        .orElseThrow()
        .at("/spec/template/metadata/annotations");
  }

  @Test
  void itSaysWhichPolicyIsMissing() throws InterruptedException {
    mesh("half", false);
    deployment("half", "one");
    var unsigned =
        policies
            .signed("prod", "half", PolicyObjects.text("half"))
            .replace("read: CREATOR", "read: ANY");
    objects.create(unsigned);
    var status = until("half", "PoliciesRegistered", "NotRegistered");
    assertEquals("half: RefusedByCas", status.at("/conditions/1/message").asText());
  }
}
