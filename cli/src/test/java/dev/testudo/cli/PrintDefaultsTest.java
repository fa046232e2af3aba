package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cli.curated.CuratedService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `testudo apply` says of services that it does not build, and of curated ones that it cannot
/// build.
class PrintDefaultsTest {
  private static final String MEMCACHED =
      """
      base: docker.io/library/memcached:1.6-bookworm
      user: memcache
      values:
        memcached_client_name: memcached-client
        memcached_host: "{{service_name}}"
        memcached_memory: "64"
        memcached_port: "11211"
      secrets:
        MEMCACHED_CA_KEY: private-key
        MEMCACHED_CA_CERT: x509-ca
        MEMCACHED_KEY: private-key
        MEMCACHED_CERT: x509
        MEMCACHED_CLIENT_KEY: private-key
        MEMCACHED_CLIENT_CERT: x509
      ports:
        - TCP:11211
      """;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir Path work;

  private int run(String... args) {
    out.reset();
    err.reset();
    return Cli.run(args, CliTest.context(out, err, work));
  }

  private List<String> diagnostics() {
    return new Printed(err.toString(UTF_8)).diagnostics();
  }

  private String mesh(Path file, String service) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(
            file,
            """
            apiVersion: scone/5.8
            kind: mesh
            cas: [{name: cas}]
            policy: {namespace: shop}
            services:
              - {name: one, image: "registry.example/shop/%s"}
            """
                .formatted(service))
        .toString();
  }

  @Test
  void everyCuratedServiceIsDescribed() {
    assertEquals(0, run("apply", "--print-defaults"), () -> err.toString(UTF_8));
    var names = out.toString(UTF_8).lines().filter(line -> !line.startsWith(" ")).toList();
    assertEquals(CuratedService.allNames().stream().map(name -> name + ":").toList(), names);
  }

  @Test
  void aServiceOfAMeshIsDescribedUnderItsName() throws IOException {
    var mesh = mesh(work.resolve("mesh.yaml"), "memcached:1");
    assertEquals(0, run("apply", "--print-defaults", "-f", mesh), () -> err.toString(UTF_8));
    assertEquals("one:\n" + MEMCACHED.indent(2), out.toString(UTF_8));
  }

  @Test
  void aServiceThatNobodyHasAManifestForIsRefused() throws IOException {
    var mesh = mesh(work.resolve("mesh.yaml"), "memcache:1");
    assertEquals(1, run("apply", "--print-defaults", "-f", mesh));
    assertEquals(List.of("error unknown-image " + mesh + ":6:24"), diagnostics());
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void aSessionIsRefusedAsOne() throws IOException {
    var session = Files.writeString(work.resolve("s.yaml"), "name: s\nversion: \"0.3.10\"\n");
    assertEquals(1, run("apply", "--print-defaults", "-f", session.toString()));
    assertEquals(
        "testudo: %s is a session; register it with `testudo session create`\n".formatted(session),
        err.toString(UTF_8));
  }

  @Test
  void optionsThatWouldDoNothingAreMisuse() {
    for (var option : List.of("--rebuild", "--json", "--dry-run", "-t=x", "--cas=localhost:1")) {
      assertEquals(2, run("apply", "--print-defaults", option), option);
      assertEquals("", out.toString(UTF_8));
    }
  }

  /// Manifests of curated services have names that no folder of a user has.
  @Test
  void aBaseThatIsNoImageIsReportedWhereItIsWritten() throws IOException {
    var mesh = mesh(work.resolve("curated/mesh.yaml"), "redis:1\", base: \"no image");
    assertEquals(1, run("apply", "--dry-run", "--no-push", "-f", mesh));
    assertEquals(List.of("error invalid-value " + mesh + ":6:63"), diagnostics());
  }
}
