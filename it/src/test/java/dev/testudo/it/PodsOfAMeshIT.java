package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The pods of the chart that `apply` makes: they start from the images that were built, attested
/// by a CAS outside of them, with nothing that Kubernetes' restricted profile does not permit.
@Timeout(900)
class PodsOfAMeshIT {
  private static final String PAGE = "hello everybody: tell-nobody";
  private static final int PUBLIC = 8100;
  private static final int PROTECTED = 8000;
  private static final int REFUSED = 4;

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static PodNetwork network;
  private static ShopMesh shop;

  @BeforeAll
  static void applyTheMesh() throws IOException, InterruptedException {
    network = PodNetwork.in(shared.resolve("network"));
    shop = ShopMesh.in(shared.resolve("shop"));
    shop.build();
    apply();
    network.pull(shop.image("web"), "1");
    network.pull(shop.image("reader"), "1");
  }

  @AfterAll
  static void stop() throws IOException {
    network.close();
  }

  private static void apply() {
    var words = shop.applying().toArray(String[]::new);
    var applied = network.run(network.environment(), words);
    assertEquals(0, applied.exit(), applied.all());
  }

  private static RenderedChart chart() {
    return RenderedChart.of(shop.directory().resolve("target/helm"), "any", Map.of());
  }

  private static PodNetwork.Pod start(String service, String name) throws IOException {
    return network.start(chart(), service, name, shop.directory().resolve("target/tokens"));
  }

  @Test
  void servicesFindEachOtherAndStrangersGetNothing() throws Exception {
    var reader = start("reader", "reader-1");
    var web = start("web", "web-1");
    network.awaitReady(web);
    network.awaitReady(reader);
    assertEquals(PAGE, network.get(reader, PUBLIC, "/index.html"));

    var stranger = network.get(web, PROTECTED, "/index.html");
    assertFalse(stranger.contains("hello"), stranger);

    var second = start("web", "web-2");
    network.awaitReady(second);
    network.kill(web);
    assertTrue(web.ended() != 0);
    var next = start("reader", "reader-2");
    network.awaitReady(next);
    assertEquals(PAGE, network.get(next, PUBLIC, "/index.html"), "the second replica serves");

    network.stop(second, 30);
    assertTrue(second.said().contains("exited code="), second.said());
    network.stop(reader, 30);
    network.stop(next, 30);
  }

  @Test
  void aPodThatTakesTheIdentityOfAnotherServiceIsRefused() throws Exception {
    var tokens = shop.directory().resolve("target/tokens");
    var other =
        RenderedChart.of(
            shop.directory().resolve("target/helm"),
            "any",
            Map.of("reader.configId", "shop/web/busybox", "reader.joinToken.key", "web.token"));
    var pod = network.start(other, "reader", "impostor", tokens);
    assertEquals(REFUSED, pod.ended(), pod.said());
    assertFalse(pod.said().contains("tell-nobody"), pod.said());
  }

  @Test
  void aPodIsNotReadyBeforeItsProgramListens() throws Exception {
    var reader = start("reader", "lonely"); // nobody serves the page
    Patience.until(
        () -> network.probe(reader).equals("nothing listens at port " + PUBLIC), reader::said);
    network.kill(reader);
  }

  @Test
  void whatAChangedChartWouldBecomeIsShown() throws IOException {
    var same = diff();
    assertEquals(0, same.exit(), same.all());
    var file = shop.directory().resolve("target/helm/charts/web/values.yaml");
    var text = Files.readString(file);
    Files.writeString(file, text.replace("replicas: 1", "replicas: 7"));
    var changed = diff();
    Files.writeString(file, text);
    assertEquals(1, changed.exit(), changed.all());
    new Output(changed.out()).hasLine("    - replicas: 7");
    new Output(changed.out()).hasLine("    + replicas: 1");
  }

  private static Command diff() {
    var mesh = shop.directory().resolve("mesh.yaml").toString();
    var target = shop.directory().resolve("target").toString();
    var launcher = Command.LAUNCHER.toString();
    return network.run(network.environment(), launcher, "diff", "-f", mesh, "-t", target);
  }
}
