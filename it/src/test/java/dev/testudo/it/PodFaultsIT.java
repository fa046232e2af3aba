package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What happens to the pods of a mesh in the life of a cluster: new versions, pods and a CAS that
/// end, nodes that are drained, certificates that end. Needs root.
@Timeout(900)
class PodFaultsIT {
  private static final String PAGE = "hello everybody: tell-nobody";
  private static final int PUBLIC = 8100;
  private static final int ENVIRONMENT_FAILED = 3;
  private static final int REFUSED = 4;
  private static final int SIGTERM = 128 + 15;

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static PodNetwork network;
  private static CasPods cas;
  private static PodNetwork.Pod server;
  private static ShopMesh shop;
  private static Map<String, String> environment;

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    network = PodNetwork.withoutCas(shared.resolve("network"));
    cas = CasPods.in(network, shared.resolve("cas"), Map.of());
    server = cas.start("cas-0");
    shop = ShopMesh.in(shared.resolve("shop"));
    shop.addClock();
    shop.build("web", "reader", "clock");
    environment = cas.environment(cas.ready(server));
    apply();
    for (var service : List.of("web", "reader", "clock")) {
      network.pull(shop.image(service), "1");
    }
  }

  @AfterAll
  static void stop() throws IOException {
    network.close();
  }

  private static void apply() {
    var applied = network.run(environment, shop.applying().toArray(String[]::new));
    assertEquals(0, applied.exit(), applied.all());
  }

  private static RenderedChart chart(Map<String, Object> values) {
    Map<String, Object> all = new HashMap<>(values);
    all.put("global.cas.address", CasPods.address());
    return RenderedChart.of(shop.directory().resolve("target/helm"), "any", all);
  }

  private static PodNetwork.Pod start(String service, String name, Map<String, Object> values)
      throws IOException {
    return network.start(chart(values), service, name, shop.directory().resolve("target/tokens"));
  }

  private static PodNetwork.Pod ready(String service, String name) throws Exception {
    var pod = start(service, name, Map.of());
    network.awaitReady(pod);
    return pod;
  }

  @Test
  void aPodThatReachesNoCasSaysSoAndEnds() throws Exception {
    var nowhere = Map.<String, Object>of("global.cas.address", PodNetwork.HOST + ":1");
    var values = new HashMap<>(nowhere);
    values.put("web.casWaitSeconds", 5);
    var chart = RenderedChart.of(shop.directory().resolve("target/helm"), "any", values);
    var tokens = shop.directory().resolve("target/tokens");
    var pod = network.start(chart, "web", "alone", tokens);
    Patience.until(
        () -> network.probe(pod).equals("not attested yet: CAS cannot be reached"), pod::said);
    assertEquals(ENVIRONMENT_FAILED, pod.ended(), pod.said());
    var last = pod.said().lines().toList().getLast();
    assertTrue(last.matches(".*CAS did not answer [0-9]+ times within [0-9]+ s: .*"), last);
  }

  @Test
  void aNewVersionReplacesTheOldOneWhichIsRefusedAtTheEnd() throws Exception {
    var web = ready("web", "old-1");
    var old = Map.<String, Object>of("web.image.digest", PodNetwork.digest(shop.image("web")));

    shop.change("web", "1", "2", "\n  stable: \"1\"");
    apply();
    network.pull(shop.image("web", "2"), "2");
    var next = ready("web", "new-1");
    var oldAgain = start("web", "old-2", old);
    network.awaitReady(oldAgain); // a node was lost in the middle of the update
    network.kill(web);
    network.kill(oldAgain);
    var reader = ready("reader", "reader-new");
    assertEquals(PAGE, network.get(reader, PUBLIC, "/index.html"));

    shop.change("web", "2", "2", "");
    apply();
    assertEquals(PAGE, network.get(reader, PUBLIC, "/index.html"), "what runs goes on");
    var refused = start("web", "old-3", old);
    assertEquals(REFUSED, refused.ended(), refused.said());
    for (var pod : List.of(next, reader)) {
      network.kill(pod);
    }
  }

  @Test
  void aNodeIsDrainedAfterOpenConnectionsHadTheirTime() throws Exception {
    var web = ready("web", "web-drained");
    var reader = ready("reader", "reader-drained");
    var address = network.address(reader);
    var open = network.open("socat", "-", "TCP:%s:%d".formatted(address, PUBLIC));
    try (var to = open.outputWriter(StandardCharsets.US_ASCII);
        var from = open.inputReader(StandardCharsets.US_ASCII)) {
      network.terminate(reader);
      Patience.until(() -> network.probe(reader).equals("stopping"), reader::said);
      to.write("GET /index.html HTTP/1.0\r\n\r\n");
      to.flush();
      assertTrue(from.lines().toList().contains(PAGE));
    } finally {
      Processes.end(open);
    }
    assertEquals(SIGTERM, reader.ended(), reader.said());
    network.kill(web);
  }

  @Test
  void aCertificateIsRenewedInAPodWithoutARestart() throws Exception {
    var clock = ready("clock", "clock-1");
    var first = serial(clock);
    Patience.until(() -> !serial(clock).equals(first), clock::said);

    network.kill(server); // CAS is gone, and comes back with its state
    server.ended();
    server = cas.ready(cas.start("cas-0"));
    environment = cas.environment(server);
    var second = serial(clock);
    Patience.until(() -> !serial(clock).equals(second), clock::said);
    assertTrue(clock.process().isAlive());
    network.kill(clock);
  }

  /// Returns the serial number of the certificate in the page, which is also that of the
  /// connection.
  private static String serial(PodNetwork.Pod pod) {
    var script =
        """
        page=$(curl -sk --max-time 5 https://%1$s:8200/cert.pem | openssl x509 -noout -serial) &&
        shown=$(openssl s_client -alpn http/1.1 -connect %1$s:8200 </dev/null 2>/dev/null | openssl x509 -noout -serial) &&
        [ "$page" = "$shown" ] && echo "$page"
        """
            .formatted(network.address(pod));
    for (; ; ) {
      var said = network.run(Map.of(), "sh", "-c", script);
      if (said.exit() == 0) {
        return said.out();
      }
      if (!pod.process().isAlive()) {
        throw new AssertionError(pod.said());
      }
    }
  }
}
