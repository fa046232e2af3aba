package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tutorial's own way: programs that do TLS themselves, with files that only they can see.
class ApplicationTlsIT {
  @TempDir private static Path work;
  private static RunningMesh mesh;

  @BeforeAll
  static void bringTheMeshUp() throws IOException, InterruptedException {
    mesh =
        RunningMesh.start(
            Command.ROOT.resolve("examples/patient-records-app-tls/mesh.yaml"),
            work.resolve("state"));
    mesh.awaitListener(mesh.address("redis"), 6379);
    mesh.awaitListener(mesh.address("api"), 4996);
  }

  @AfterAll
  static void stopTheMesh() {
    if (mesh != null) {
      mesh.close();
    }
  }

  @Test
  void aRecordTravelsThroughCertificatesThatTwoPoliciesShare() throws IOException {
    var authority = work.resolve("ca.pem");
    var shown =
        Command.testudo(
            "cas",
            "value",
            "--state",
            mesh.state().toString(),
            "patient-records-app-tls/api",
            "api_ca_cert");
    assertEquals(0, shown.exit(), shown.all());
    Files.writeString(authority, shown.out());
    var stored =
        Command.run(
            "curl",
            "-sS",
            "--max-time",
            "60",
            "--cacert",
            authority.toString(),
            "--resolve",
            "api:4996:" + mesh.address("api"),
            "-d",
            "name=Mary Seacole",
            "https://api:4996/patient/mary");
    assertEquals("{\"id\":\"mary\",\"name\":\"Mary Seacole\"}", stored.out().strip(), stored::all);
  }

  @Test
  void aPrivateKeyIsAFileInsideItsServiceAndNowhereElse() throws IOException {
    var root = Path.of("/proc", Long.toString(mesh.programPid("python3")), "root");
    for (var key : List.of("flask.key", "client.key")) {
      assertEquals(
          "-----BEGIN PRIVATE KEY-----", Files.readAllLines(root.resolve("tls", key)).getFirst());
    }
    assertFalse(Files.exists(Path.of("/tls")));
    var redis = Path.of("/proc", Long.toString(mesh.programPid("redis-server")), "root");
    assertTrue(Files.exists(redis.resolve("tls/redis.key")));
    assertFalse(Files.exists(redis.resolve("tls/flask.key")));
    assertFalse(Files.exists(redis.resolve("tls/client.key")));
  }

  @Test
  void aClientWithoutACertificateIsRefusedByRedisItself() throws IOException, InterruptedException {
    var seen = OpenSsl.talk(mesh.address("redis"), 6379);
    assertFalse(seen.contains("+PONG"), seen);
  }
}
