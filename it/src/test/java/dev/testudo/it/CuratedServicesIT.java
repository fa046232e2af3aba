package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.oci.ContainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A mesh of all curated services, none of which has a manifest: a client asks each of the four
/// stores, and nginx shows to everybody what they have answered. The pods of its chart run the
/// programs of Debian under Kubernetes' restricted profile.
@Timeout(900)
class CuratedServicesIT {
  private static final Path CLIENT = Path.of("src/test/resources/meshes/curated").toAbsolutePath();
  private static final int HTTPS = 8443;
  private static final List<String> PACKAGES =
      List.of(
          "dash",
          "coreutils",
          "sed",
          "grep",
          "hostname",
          "busybox-static",
          "redis-server",
          "redis-tools",
          "memcached",
          "libmemcached-tools",
          "nginx",
          "mariadb-server-core",
          "mariadb-client-core",
          "postgresql-15",
          "postgresql-client-15");
  private static final List<String> USERS =
      List.of("redis", "memcache", "www-data", "mysql", "postgres");
  private static final List<String> STORES = List.of("redis", "memcached", "mariadb", "postgresql");

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static PodNetwork network;
  private static Path mesh;

  @BeforeAll
  static void applyTheMesh() throws Exception {
    network = PodNetwork.in(shared.resolve("network"));
    var bases = new TestLayout(shared.resolve("bases"));
    bases.image("debian", DebianFiles.of(PACKAGES, USERS), container());
    mesh = shared.resolve("mesh/mesh.yaml");
    Files.createDirectories(mesh.resolveSibling("client"));
    for (var file : List.of("mesh.yaml", "client/service.yaml", "client/client.sh")) {
      var text = Files.readString(CLIENT.resolve("declared").resolve(file));
      Files.writeString(
          mesh.resolveSibling(file), text.replace("BASE", "oci:" + bases.directory() + ":debian"));
    }
    apply(mesh.resolveSibling("client/service.yaml"));
    var applied = apply(mesh);
    for (var store : STORES) {
      assertTrue(applied.err().contains("is the curated service `%s`".formatted(store)));
    }
    network.pull(target().resolve("images/example_client_1.oci"), "1");
    for (var name : List.of("redis", "memcached", "mariadb", "postgres", "nginx")) {
      network.pull(target().resolve("images/registry.example_shop_%s_1.oci".formatted(name)), "1");
    }
  }

  private static ContainerConfig container() {
    return new ContainerConfig(
        List.of(),
        List.of("true"),
        List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin"),
        "",
        "/",
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of());
  }

  private static Path target() {
    return mesh.resolveSibling("target");
  }

  private static Command apply(Path file) {
    var applied =
        network.run(
            network.environment(),
            Command.LAUNCHER.toString(),
            "apply",
            "-q",
            "--no-push",
            "-t",
            target().toString(),
            "-f",
            file.toString());
    assertEquals(0, applied.exit(), applied.all());
    return applied;
  }

  @AfterAll
  static void stop() throws IOException {
    network.close();
  }

  @Test
  void allOfThemServeWhomTheMeshfileNames() throws Exception {
    var chart = RenderedChart.of(target().resolve("helm"), "any", Map.of());
    for (var store : List.of("redis", "cache", "db", "pg")) {
      network.start(chart, store, store, target().resolve("tokens"));
    }
    var client = network.start(chart, "client", "client", target().resolve("tokens"));
    network.awaitReady(client); // it has asked all of them
    var front = network.start(chart, "front", "front", target().resolve("tokens"));
    network.awaitReady(front);
    var authority = Files.writeString(shared.resolve("ca.pem"), publicValue());
    var answer = network.getOverTls(front, HTTPS, "front", authority, "/index.html");
    assertEquals("redis: value\nmemcached: answers\nmariadb: 42\npostgresql: 43\n", answer);
  }

  private static String publicValue() {
    var words =
        List.of(Command.LAUNCHER.toString(), "cas", "value", "shop/front", "NGINX_SERVER_CA_CERT");
    var value = network.run(network.environment(), words.toArray(String[]::new));
    assertEquals(0, value.exit(), value.all());
    return value.out();
  }

  @Test
  void clientsThatDoTlsThemselvesWorkAsWithScone() throws Exception {
    try (var running =
        RunningMesh.launch(CLIENT.resolve("own-tls/mesh.yaml"), shared.resolve("up"))) {
      running.awaitLine("redis", "client | redis: value"::equals);
      running.awaitLine("memcached", "client | memcached: answers"::equals);
      running.awaitLine("mariadb", "client | mariadb: 42"::equals);
      running.awaitLine("postgresql", "client | postgresql: 43"::equals);
    }
  }
}
