package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A mesh in a real cluster: API server, scheduler, kubelet, containerd and Helm. `it/cluster/run`
/// builds Kubernetes and runs this class; `./test` does not.
@Tag("cluster")
@Timeout(1800)
class ClusterIT {
  private static final String PAGE = "hello everybody: tell-nobody";
  private static final int REFUSED = 4;
  private static final String VAULT =
      """
      name: vault
      version: "0.3.10"
      access_policy: {read: CREATOR, update: CREATOR}
      """;
  private static final String MESH =
      """
      apiVersion: testudo.dev/v1alpha1
      kind: ConfidentialMesh
      metadata: {name: shop, namespace: default}
      spec: {restartOnPolicyChange: true}
      """;
  private static final String LAUNCHER = Command.LAUNCHER.toString();

  @TempDir(cleanup = CleanupMode.NEVER) // containerd's storage has mounts
  private static Path shared;

  private static RealCluster cluster;
  private static ShopMesh shop;
  private static Map<String, String> environment;

  @BeforeAll
  static void installTheMesh() throws IOException {
    cluster = RealCluster.in(Path.of(System.getProperty("cluster")), shared.resolve("cluster"));
    environment = installCas();
    installOperator();
    shop = ShopMesh.in(shared.resolve("shop"), RealCluster.REGISTRY + "/shop");
    for (var name : List.of("web", "reader")) {
      must(cluster.run(Map.of(), shop.building(name)));
    }
    must(cluster.run(environment, shop.applying()));
    cluster.done("create", "secret", "generic", "shop-join-tokens", "--from-file=" + tokens());
    cluster.helm("install", "shop", chart());
  }

  /// Installs the chart of CAS, and returns what `apply` needs to find the CAS.
  private static Map<String, String> installCas() throws IOException {
    cluster.push(packaged("testudo-cas"), "testudo-cas:v1");
    cluster.volume("state", 65532);
    var config = Map.of("TESTUDO_CONFIG", shared.resolve("config").toString());
    must(Command.run(config, List.of(LAUNCHER, "identity", "create")));
    var owner = Command.run(config, List.of(LAUNCHER, "identity", "show", "--key-hash"));
    must(owner);
    var charts = shared.resolve("cas-chart").toString();
    must(Command.testudo("cas", "chart", "-o", charts));
    cluster.helm(
        "install",
        "cas",
        charts,
        "image.repository=" + RealCluster.REGISTRY + "/testudo-cas",
        "image.tag=v1",
        "owners[0]=" + owner.out().strip(),
        // Kubernetes 1.20 has another version of these objects.
        "podDisruptionBudget.enabled=false");
    cluster.awaitRollout("statefulset/cas");
    var log = cluster.done("logs", "statefulset/cas");
    var environment = new HashMap<>(config);
    environment.put("TESTUDO_CAS", address("cas") + ":8081");
    environment.put("TESTUDO_CAS_KEY", new ObjectMapper().readTree(log).path("key_hash").asText());
    return environment;
  }

  private static void installOperator() throws IOException {
    cluster.push(packaged("testudo-operator"), "testudo-operator:v1");
    cluster.helm(
        "install",
        "testudo-operator",
        Command.ROOT.resolve("operator/src/main/chart").toString(),
        "image.repository=" + RealCluster.REGISTRY + "/testudo-operator",
        "image.tag=v1");
    cluster.awaitRollout("deployment/testudo-operator");
  }

  /// Returns an image that `-Ppackages` has made.
  private static Path packaged(String name) throws IOException {
    try (var files = Files.list(Command.ROOT.resolve("dist/target/packages"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(name + "-"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("build with -Ppackages"));
    }
  }

  private static void must(Command command) {
    assertEquals(0, command.exit(), command::all);
  }

  private static String tokens() {
    return shop.directory().resolve("target/tokens").toString();
  }

  private static String chart() {
    return shop.directory().resolve("target/helm").toString();
  }

  @AfterAll
  static void stop() throws IOException {
    cluster.close();
  }

  @Test
  void servicesFindEachOtherAndStrangersGetNothing() throws InterruptedException {
    awaitThePage();
    var stranger = cluster.get("http://" + address("web") + ":8000/index.html");
    assertFalse(stranger.contains("hello"), stranger);
  }

  @Test
  void whatEndsComesBack() throws InterruptedException {
    awaitThePage();
    cluster.killAll("httpd -f -p 8000");
    Patience.until(() -> restarts("web") == 1, cluster::story);
    cluster.awaitRollout("deployment/web");
    cluster.done("scale", "deployment/web", "--replicas=2");
    cluster.awaitRollout("deployment/web");
    cluster.done("drain", "node", "--force", "--delete-emptydir-data", "--timeout=180s");
    cluster.done("uncordon", "node");
    awaitThePage();
  }

  @Test
  void aRestartedCasHasItsState() throws InterruptedException {
    awaitThePage();
    cluster.killAll("dev.testudo.dist.Main cas serve");
    Patience.until(() -> restarts("testudo-cas") == 1, cluster::story);
    cluster.awaitRollout("statefulset/cas");
    assertEquals(PAGE, page(), "pods that run do not need CAS");
    cluster.done("delete", "pod", "--selector", "app.kubernetes.io/name=reader");
    awaitThePage();
  }

  @Test
  void theOperatorBringsAPolicyToCasAndReportsWhatRuns() throws IOException, InterruptedException {
    var text = Files.writeString(shared.resolve("vault.yaml"), VAULT).toString();
    var bundle = text + ".bundle";
    must(testudo("session", "sign", text));
    var printed = testudo("session", "manifest", bundle, "--cas-address", "cas:8081");
    must(printed);
    var object = Files.writeString(shared.resolve("vault.json"), printed.out());
    assertNotEquals(0, testudo("session", "read", "vault").exit(), "CAS has it already");
    cluster.done("apply", "-f", object.toString());
    cluster.done("wait", "--for=condition=Registered", "-f", object.toString(), "--timeout=120s");
    must(testudo("session", "read", "vault"));

    var mesh = Files.writeString(shared.resolve("mesh-object.yaml"), MESH).toString();
    cluster.done("apply", "-f", mesh);
    awaitThePage();
    cluster.done("wait", "--for=condition=Attested", "-f", mesh, "--timeout=120s");
  }

  /// Runs a command of ours on the node.
  private static Command testudo(String... words) {
    var all = new ArrayList<>(List.of(LAUNCHER));
    all.addAll(List.of(words));
    return cluster.run(environment, all);
  }

  private static int restarts(String service) {
    return pods(service).at("/items/0/status/containerStatuses/0/restartCount").asInt();
  }

  @Test
  void aPodThatTakesTheIdentityOfAnotherServiceIsRefused() throws InterruptedException {
    awaitThePage();
    cluster.helm(
        "upgrade",
        "shop",
        chart(),
        "reader.configId=shop/web/busybox",
        "reader.joinToken.key=web.token");
    Patience.until(() -> !refusal().isEmpty(), cluster::story);
    assertTrue(refusal().contains("refused: the service is not attested"), refusal());
    assertEquals(PAGE, page(), "the pod that was attested still serves");
    cluster.helm("upgrade", "shop", chart());
    awaitThePage();
  }

  /// What Kubernetes shows of a pod of `reader` that CAS has refused.
  private static String refusal() {
    for (var pod : pods("reader").path("items")) {
      for (var state : List.of("state", "lastState")) {
        var end = pod.at("/status/containerStatuses/0").path(state).path("terminated");
        if (end.path("exitCode").asInt() == REFUSED) {
          return end.path("message").asText();
        }
      }
    }
    return "";
  }

  private static void awaitThePage() throws InterruptedException {
    cluster.awaitRollout("deployment/web");
    cluster.awaitRollout("deployment/reader");
    Patience.until(() -> page().equals(PAGE), cluster::story);
  }

  private static String page() {
    return cluster.get("http://" + address("reader") + ":8100/index.html").strip();
  }

  private static JsonNode pods(String service) {
    return cluster.read("pods", "--selector", "app.kubernetes.io/name=" + service);
  }

  private static String address(String service) {
    return cluster.done("get", "service", service, "-o", "jsonpath={.spec.clusterIP}");
  }
}
