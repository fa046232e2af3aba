package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// nginx, Node.js and PostgreSQL in the view of files that a service has, each as a user of its own
/// and none as root. Redis and Python are in [PatientRecordsIT].
@Timeout(3600)
class ProgramsInTheirViewIT {
  @TempDir private static Path work;
  private static RunningMesh mesh;

  @BeforeAll
  static void bringTheMeshUp() throws IOException, InterruptedException {
    mesh =
        RunningMesh.start(
            Path.of("src/test/resources/meshes/programs/mesh.yaml").toAbsolutePath(),
            work.resolve("state"));
  }

  @AfterAll
  static void stopTheMesh() {
    if (mesh != null) {
      mesh.close();
    }
  }

  private static String curl(String url) {
    var answer = Command.run("curl", "-sS", "--max-time", "60", url);
    assertEquals(0, answer.exit(), () -> answer.all() + mesh.output());
    return answer.out();
  }

  @Test
  void nginxServesAnInjectedFileOnALowPort() throws Exception {
    mesh.awaitListener(mesh.address("nginx"), 443);
    var word = curl("http://" + mesh.address("nginx") + ":443/word.txt").strip();
    assertEquals(20, word.length());
    mesh.awaitLine("the access log", line -> line.contains("GET /word.txt"));
  }

  @Test
  void nodeWritesIntoItsOwnFolders() throws Exception {
    mesh.awaitListener(mesh.address("node"), 8080);
    assertEquals("service kept in /tmp", curl("http://" + mesh.address("node") + ":8080/"));
  }

  @Test
  void postgresqlRunsWithoutAnyTrick() throws Exception {
    // It listens before it is ready.
    mesh.awaitLine(
        "PostgreSQL", line -> line.contains("database system is ready to accept connections"));
    var answer =
        Command.run(
            "psql", "-h", mesh.address("postgresql"), "-U", "postgres", "-Atc", "select 6 * 7");
    assertEquals("42", answer.out().strip(), () -> answer.all() + mesh.output());
  }

  @Test
  void casAndEveryServiceRunAsUsersOfTheirOwn() throws Exception {
    mesh.awaitListener(mesh.address("nginx"), 443);
    var users =
        Stream.of("nginx", "node", "postgres").map(mesh::programPid).map(pid -> user(pid)).toList();
    var cas = user(mesh.processWith("cas", "serve").pid());
    assertEquals(3, users.stream().distinct().count(), users::toString);
    assertTrue(users.stream().allMatch(user -> user >= 0x7000_0000), users::toString);
    assertTrue(cas >= 0x7000_0000 && !users.contains(cas), () -> "CAS runs as " + cas);
    assertNotEquals(0, user(mesh.processWith("cas", "serve").pid()));
  }

  private static int user(long pid) {
    try {
      var status = Files.readString(Path.of("/proc", Long.toString(pid), "status"));
      var line = status.lines().filter(l -> l.startsWith("Uid:")).findFirst().orElseThrow();
      return Integer.parseInt(line.split("\\s+")[1]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
