package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The example patient-records in pods, and CAS in a pod of its own chart. All of them have as few
/// rights as Kubernetes' restricted profile gives. Needs root.
@Timeout(900)
class CasPodsIT {
  private static final int SIGTERM = 128 + 15;

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static PodNetwork network;
  private static CasPods cas;
  private static PodNetwork.Pod server;
  private static PatientMesh mesh;
  private static Map<String, String> environment;
  private static PodNetwork.Pod redis;
  private static PodNetwork.Pod api;
  private static PodNetwork.Pod replica;
  private static Path authority;

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    network = PodNetwork.withoutCas(shared.resolve("network"));
    cas = CasPods.in(network, shared.resolve("cas"), Map.of());
    server = cas.start("cas-0");
    mesh = PatientMesh.in(shared.resolve("mesh"));
    mesh.build();
    environment = cas.environment(cas.ready(server));
    succeeded(mesh.applying());
    network.pull(mesh.image("redis"), "1");
    network.pull(mesh.image("api"), "1");

    redis = start("redis", "redis-1");
    api = start("api", "api-1");
    replica = start("api", "api-2");
    for (var pod : List.of(redis, api, replica)) {
      network.awaitReady(pod);
    }
    authority = Files.writeString(shared.resolve("ca.pem"), publicValue("api_ca_cert"));
  }

  @AfterAll
  static void stop() throws IOException {
    network.close();
  }

  private static Command succeeded(List<String> words) {
    var ended = network.run(environment, words.toArray(String[]::new));
    assertEquals(0, ended.exit(), ended.all());
    return ended;
  }

  private static String publicValue(String secret) {
    var launcher = Command.LAUNCHER.toString();
    return succeeded(List.of(launcher, "cas", "value", "patient-records/api", secret)).out();
  }

  private static PodNetwork.Pod start(String service, String name) throws IOException {
    var tokens = mesh.target().resolve("tokens");
    return network.start(mesh.chart(CasPods.address()), service, name, tokens);
  }

  private static String curl(PodNetwork.Pod pod, String patient, String... more) {
    var words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
    words.addAll(List.of("--cacert", authority.toString()));
    words.addAll(List.of("--resolve", "api:4996:" + network.address(pod)));
    words.addAll(List.of(more));
    words.add("https://api:4996/patient/" + patient);
    return network.run(Map.of(), words.toArray(String[]::new)).out();
  }

  private static void store(String patient, String name) {
    var record = "{\"name\":\"%s\"}".formatted(name);
    curl(api, patient, "-H", "content-type: application/json", "-d", record);
  }

  private static String name(PodNetwork.Pod pod, String patient) throws IOException {
    return new Output(curl(pod, patient)).json().path("name").asText();
  }

  @Test
  void whatOneReplicaStoresTheOtherReads() throws Exception {
    store("grace", "Grace Hopper");
    assertEquals("Grace Hopper", name(replica, "grace"));
  }

  @Test
  void anotherContainerInTheNetworkGetsNothing() throws Exception {
    store("secret", "Xanthippe Wirewatch");
    var address = network.address(redis);
    var plain = network.run(Map.of(), "redis-cli", "-h", address, "get", "patient:secret");
    assertFalse(plain.all().contains("Xanthippe"), plain.all());
    assertFalse(plain.out().contains("NOAUTH"), "it has spoken to Redis: " + plain.all());
    var tls =
        network.run(
            Map.of(), "redis-cli", "--tls", "--insecure", "-h", address, "get", "patient:secret");
    assertFalse(tls.all().contains("NOAUTH"), "it has spoken to Redis: " + tls.all());
    assertEquals("Xanthippe Wirewatch", name(replica, "secret"));
  }

  @Test
  void podsGoOnWithoutCasAndNewOnesStartWhenItIsBackWithItsState() throws Exception {
    store("ada", "Ada Lovelace");
    network.kill(server);
    server.ended();
    assertEquals("Ada Lovelace", name(replica, "ada"));

    var next = start("api", "api-3"); // CAS is not there yet
    var key = CasPods.key(server);
    server = cas.ready(cas.start("cas-0"));
    assertEquals(key, CasPods.key(server));
    network.awaitReady(next);
    assertEquals("Ada Lovelace", name(next, "ada"));

    network.stop(server, 30);
    assertEquals(SIGTERM, server.ended(), server.said());
    server = cas.ready(cas.start("cas-0"));
    network.stop(next, 30);
  }
}
