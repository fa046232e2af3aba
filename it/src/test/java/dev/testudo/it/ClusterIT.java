package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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

  @TempDir(cleanup = CleanupMode.NEVER) // containerd's storage has mounts
  private static Path shared;

  private static RealCluster cluster;
  private static ShopMesh shop;
  private static Process cas;
  private static Map<String, String> environment;

  @BeforeAll
  static void installTheMesh() throws IOException {
    cluster = RealCluster.in(Path.of(System.getProperty("cluster")), shared.resolve("cluster"));
    environment = startCas();
    shop = ShopMesh.in(shared.resolve("shop"), RealCluster.REGISTRY + "/shop");
    for (var name : List.of("web", "reader")) {
      must(cluster.run(Map.of(), shop.building(name)));
    }
    must(cluster.run(environment, shop.applying()));
    cluster.done("create", "secret", "generic", "shop-join-tokens", "--from-file=" + tokens());
    cluster.helm("install", "shop", chart());
  }

  private static Map<String, String> startCas() throws IOException {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "cas", "serve"));
    words.addAll(List.of("--state", shared.resolve("cas").toString()));
    words.addAll(List.of("--listen", RealCluster.NODE + ":8081"));
    words.addAll(List.of("--first-come", "--exit-with-stdin"));
    var log = shared.resolve("cas.log").toFile();
    cas = new ProcessBuilder(cluster.onNode(words)).redirectError(log).start();
    var line = cas.inputReader(StandardCharsets.UTF_8).readLine();
    return Map.of(
        "TESTUDO_CAS",
        RealCluster.NODE + ":8081",
        "TESTUDO_CAS_KEY",
        new ObjectMapper().readTree(line).path("key_hash").asText(),
        "TESTUDO_CONFIG",
        shared.resolve("config").toString());
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
