package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.testudo.it.kube.ClusterObjects;
import dev.testudo.it.kube.ClusterStandIn;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The operator installs CAS. Nothing starts in the stand-in; a CAS of the test answers in its
/// place.
@Timeout(600)
class CasObjectIT {
  private static final String OWNER = Identity.ephemeral("owner.example").keyHash().text();
  private static final String CAS = "testudo.dev/cas";

  @TempDir private static Path shared;

  private static ClusterStandIn cluster;
  private static ClusterObjects objects;
  private static RunningCas cas;
  private static RunningOperator operator;

  @BeforeAll
  static void startAll() throws IOException {
    cas = RunningCas.start(shared.resolve("state"));
    cluster = ClusterStandIn.start();
    objects = cluster.objects();
    OperatorChart.rendered(Map.of("namespaces[0]", "default", "cas.enabled", true))
        .installInto(cluster, "operator");
    operator =
        RunningOperator.start(
            cluster.kubeconfig(shared.resolve("kubeconfig"), "operator"),
            "--namespace",
            "default",
            "--with-cas",
            "--without-scone");
  }

  @AfterAll
  static void theOperatorAskedForNothingThatItsRolesDoNotGive() throws IOException {
    operator.close();
    cluster.close();
    cas.close();
    assertEquals(Set.of(), cluster.refused("operator"));
  }

  private static void create(String name, String more) {
    objects.create(
        """
        apiVersion: testudo.dev/v1alpha1
        kind: Cas
        metadata: {name: NAME, namespace: default}
        spec: {owners: [OWNER], address: "ADDRESS"MORE}
        """
            .replace("NAME", name)
            .replace("OWNER", OWNER)
            .replace("ADDRESS", cas.address().toString())
            .replace("MORE", more));
  }

  private static JsonNode until(String name, String type, String reason)
      throws InterruptedException {
    Patience.until(
        () -> objects.condition(CAS, "default", name, type).path("reason").asText().equals(reason),
        () -> "not %s: %s".formatted(reason, objects.find(CAS, "default", name)));
    return objects.find(CAS, "default", name).orElseThrow().path("status");
  }

  private static void becomesReady(String name) {
    objects.status("statefulsets", "default", name, Map.of("replicas", 1, "readyReplicas", 1));
  }

  @Test
  void itInstallsWhatTheChartOfCasInstalls() throws InterruptedException {
    create("cas", "");
    until("cas", "Ready", "Starting");
    var chart = shared.resolve("chart");
    assertEquals(0, Command.testudo("cas", "chart", "-o", chart.toString()).exit());
    var rendered = RenderedChart.of(chart, "cas", Map.of("owners[0]", OWNER));
    for (var wanted : rendered.objects()) {
      var plural =
          Map.of(
                  "StatefulSet", "statefulsets",
                  "Service", "services",
                  "ServiceAccount", "serviceaccounts",
                  "NetworkPolicy", "networkpolicies",
                  "PodDisruptionBudget", "poddisruptionbudgets")
              .get(wanted.path("kind").asText());
      var made = objects.find(plural, "default", "cas").orElseThrow();
      assertEquals("Cas", made.at("/metadata/ownerReferences/0/kind").asText());
      assertEquals(content(wanted), content(made), plural);
    }
  }

  /// Without what says who made it, and without empty lists, which mean the same as none.
  private static JsonNode content(JsonNode object) {
    var content = (ObjectNode) object.deepCopy();
    content.remove("status");
    content.set("metadata", content.at("/metadata/labels"));
    for (var claim : content.at("/spec/volumeClaimTemplates")) {
      ((ObjectNode) claim).remove(List.of("apiVersion", "kind")); // which a cluster adds
    }
    strip(content);
    return content;
  }

  private static void strip(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove(List.of("app.kubernetes.io/managed-by", "helm.sh/chart"));
      object.properties().removeIf(one -> one.getValue() instanceof ArrayNode all && all.isEmpty());
    }
    node.forEach(CasObjectIT::strip);
  }

  @Test
  void itReportsTheKeyOfWhoeverAnswersAndWhetherItIsTheRightOne() throws InterruptedException {
    create("unpinned", "");
    until("unpinned", "Ready", "Starting");
    becomesReady("unpinned");
    var status = until("unpinned", "KeyVerified", "NotPinned");
    assertEquals(cas.key().text(), status.path("key").asText());
    assertTrue(status.has("version"), status::toString);

    create("pinned", ", key: " + cas.key());
    until("pinned", "Ready", "Starting");
    becomesReady("pinned");
    until("pinned", "KeyVerified", "Pinned");

    create("wrong", ", key: " + OWNER);
    until("wrong", "Ready", "Starting");
    becomesReady("wrong");
    assertTrue(until("wrong", "KeyVerified", "AnotherKey").path("version").isMissingNode());
  }

  @Test
  void aPeerThatAnswersByteByByteIsUnreachable() throws IOException, InterruptedException {
    try (var silent = SilentPeer.start()) {
      create("silent", "");
      objects.merge(CAS, "default", "silent", Map.of("spec", Map.of("address", silent.address())));
      until("silent", "Ready", "Starting");
      becomesReady("silent");
      until("silent", "KeyVerified", "CasUnreachable");
    }
  }

  @Test
  void anotherImageIsAnUpgradeAndAnInvalidOneIsNot() throws InterruptedException {
    create("moving", ", image: \"r.example/cas:1\"");
    until("moving", "Ready", "Starting");
    objects.merge(CAS, "default", "moving", Map.of("spec", Map.of("image", "r.example/cas:2")));
    Patience.until(() -> image("moving").equals("r.example/cas:2"), () -> image("moving"));
    objects.merge(
        CAS, "default", "moving", Map.of("spec", Map.of("image", "x\"\n      hostNetwork: true")));
    until("moving", "Ready", "InvalidSpec");
    assertEquals("r.example/cas:2", image("moving"));
  }

  private static String image(String name) {
    return objects
        .find("statefulsets", "default", name)
        .orElseThrow()
        .at("/spec/template/spec/containers/0/image")
        .asText();
  }

  @Test
  void whatItInstalledGoesWithTheObject() throws InterruptedException {
    create("leaving", "");
    until("leaving", "Ready", "Starting");
    objects.delete(CAS, "default", "leaving");
    assertEquals(Optional.empty(), objects.find("statefulsets", "default", "leaving"));
  }
}
