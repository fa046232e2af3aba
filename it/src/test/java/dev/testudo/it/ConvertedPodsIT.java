package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Objects of Kubernetes that `testudo convert --in-place` has made confidential: their pods start
/// and find each other, and the chart of the same mesh has the same pods.
@Timeout(900)
class ConvertedPodsIT {
  private static final String PAGE =
      "Books of the week: tell-nobody, hello from the image --of-the-pod";

  private static final Path GOLDEN = Command.ROOT.resolve("cli/src/test/resources/convert");

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static PodNetwork network;
  private static KubernetesShop shop;

  @BeforeAll
  static void convert() throws IOException, InterruptedException {
    network = PodNetwork.in(shared.resolve("network"));
    shop = KubernetesShop.in(Files.createDirectories(shared.resolve("shop")));
    var converted = shop.convert(network.environment());
    assertEquals(0, converted.exit(), converted.all());
    for (var service : List.of("db", "cache", "api", "web", "report")) {
      var layout = shop.build(service);
      network.pull(layout, "1", KubernetesShop.REGISTRY + "/" + service + ":1");
    }
    var applied =
        network.run(
            network.environment(),
            Command.LAUNCHER.toString(),
            "apply",
            "-f",
            shop.made().resolve("mesh.yaml").toString(),
            "-t",
            shop.target().toString());
    assertEquals(0, applied.exit(), applied.all());
  }

  @AfterAll
  static void stop() throws IOException {
    network.close();
    shop.registry().close();
  }

  private static PodNetwork.Pod start(String workload) throws IOException {
    return network.start(shop.objects(), workload, workload, shop.target().resolve("tokens"));
  }

  @Test
  void thePodsServeTheSamePageAndNobodyElseGetsTheSecret() throws Exception {
    var pods = new ArrayList<PodNetwork.Pod>();
    for (var workload : List.of("db", "cache", "api", "web")) {
      pods.add(start(workload));
    }
    for (var pod : pods) {
      network.awaitReady(pod);
    }
    assertEquals(PAGE, network.get(pods.get(3), 8000, "/index.html").strip());

    var stranger = network.get(pods.getFirst(), 5432, "/key");
    assertFalse(stranger.contains("tell-nobody"), stranger);

    var report = start("report");
    assertEquals(0, report.ended(), report.said());
    assertTrue(report.said().contains(PAGE), report.said());
    for (var pod : pods) {
      network.kill(pod);
    }
  }

  @Test
  void theObjectsHaveNoValueOfAnyPolicy() throws IOException {
    var text = shop.objects().text();
    assertEquals(List.of(), KubernetesShop.VALUES.stream().filter(text::contains).toList(), text);
  }

  @Test
  void kubernetesAcceptsTheObjects() throws IOException {
    shop.objects().requireValid();
    var text = new StringBuilder();
    try (var files = Files.list(GOLDEN.resolve("bookshop/out/in_place"))) {
      for (var file : files.toList()) {
        text.append("---\n").append(Files.readString(file));
      }
    }
    var ours = RenderedChart.read(text.toString()).without("Dashboard"); // a custom resource
    assertTrue(ours.objects().size() > 20, ours.text());
    ours.requireValid();
  }

  /// The chart is made of templates, and the objects by code. Both must give an agent the same.
  @Test
  void aPodOfTheChartIsGivenTheSame() throws IOException {
    var chart = RenderedChart.of(shop.target().resolve("helm"), "any", Map.of());
    chart.requireValid();
    for (var name : List.of("db", "cache", "api", "web")) {
      var ofChart = chart.one("Deployment", name).at("/spec/template/spec");
      var ofObjects = shop.objects().one("Deployment", name).at("/spec/template/spec");
      for (var path :
          List.of(
              "/securityContext",
              "/automountServiceAccountToken",
              "/enableServiceLinks",
              "/containers/0/securityContext",
              "/containers/0/readinessProbe",
              "/containers/0/resources",
              "/containers/0/terminationMessagePolicy")) {
        assertEquals(ofChart.at(path), ofObjects.at(path), name + path);
      }
      for (var path : List.of("/containers/0/env", "/containers/0/volumeMounts")) {
        var key = path.endsWith("env") ? "name" : "mountPath";
        assertEquals(texts(ofChart.at(path), key), texts(ofObjects.at(path), key), name + path);
      }
    }
    assertEquals("0 3 * * *", chart.one("CronJob", "report").at("/spec/schedule").asText());
  }

  private static List<String> texts(JsonNode items, String key) {
    return StreamSupport.stream(items.spliterator(), false)
        .map(item -> item.path(key).asText())
        .sorted()
        .toList();
  }
}
