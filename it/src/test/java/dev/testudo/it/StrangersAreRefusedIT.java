package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs of the same mesh without a rule for Redis, and the right client at the wrong port.
class StrangersAreRefusedIT {
  @TempDir private static Path work;
  private static RunningMesh mesh;
  private static List<String> wire;

  @BeforeAll
  static void bringTheMeshUp() throws IOException, InterruptedException {
    var directory = Directories.copyOfMesh("stranger", work);
    compile(directory, "c");
    compile(directory, "static", "-static");
    Files.move(directory.resolve("probe.py"), directory.resolve("python/probe.py"));
    try (var capture = Capture.start(work, "tcp port 6379")) {
      mesh = RunningMesh.start(directory.resolve("mesh.yaml"), work.resolve("state"));
      for (var name : List.of("dynamic", "static", "python")) {
        mesh.awaitLine(name + " to have probed", line -> line.startsWith(name + " | io_uring"));
        // What the agent says and what its program prints come on ways of their own.
        mesh.awaitLine(name + " to be refused", _ -> !refusedConnects(name).isEmpty());
      }
      wire = capture.packets();
    }
  }

  private static void compile(Path directory, String into, String... options) {
    var words =
        new java.util.ArrayList<>(List.of("gcc", "-O1", "-Wall", "-Werror", "-D_GNU_SOURCE"));
    words.addAll(List.of(options));
    words.addAll(
        List.of(
            "-o",
            directory.resolve(into).resolve("probe").toString(),
            directory.resolve("probe.c").toString()));
    var built = Command.run(Map.of(), words);
    assertEquals(0, built.exit(), built.all());
  }

  @AfterAll
  static void stopTheMesh() {
    if (mesh != null) {
      mesh.close();
    }
  }

  private static List<Output.Refusal> refusedConnects(String service) {
    return mesh.refusalsOf(service).stream()
        .filter(one -> one.operation().equals("connect") && one.target().endsWith(":6379"))
        .toList();
  }

  private static Map<String, String> seenBy(String service) {
    var seen = new TreeMap<String, String>();
    for (var line : mesh.lines(line -> line.startsWith(service + " | "))) {
      var words = line.substring(service.length() + 3).split(" ");
      seen.put(words[0], words[words.length - 1]);
    }
    return seen;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dynamic", "static", "python"})
  void aProgramWithoutARuleCannotConnect(String service) {
    var seen = seenBy(service);
    assertEquals("EACCES", seen.get("connect"), mesh::output);
    assertEquals("EACCES", seen.get("connect-nonblocking"), mesh::output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dynamic", "static", "python"})
  void unsupportedProtocolsAreRefusedInProtectedMode(String service) {
    var seen = seenBy(service);
    assertEquals("EACCES", seen.get("udp"), mesh::output);
    assertEquals("EACCES", seen.get("raw"), mesh::output);
    assertEquals("ENOSYS", seen.get("io_uring"), mesh::output);
  }

  @Test
  void noPacketReachedRedis() {
    assertEquals(List.of(), wire);
  }

  @Test
  void refusedConnectsAreOneLineThatNamesTheReasonHoweverOftenTheProgramTries() throws IOException {
    var redis = mesh.address("redis");
    var reason = "no rule for connecting to %s port 6379".formatted(redis);
    var byNoRule = List.of(new Output.Refusal("connect", redis + ":6379", "", reason));
    for (var service : List.of("dynamic", "static", "python")) {
      assertEquals(byNoRule, refusedConnects(service), mesh::output);
    }
  }

  @Test
  void theRightClientIsServedOnlyUnderThePortItMeant() throws IOException, InterruptedException {
    var certificate = clientFile("client_cert", "client.pem");
    var key = clientFile("client_key", "client.key");
    var redis = mesh.address("redis");
    var right =
        OpenSsl.talk(redis, 6379, "-cert", certificate, "-key", key, "-alpn", "testudo/1/tcp:6379");
    new Output(right).hasLine("+PONG");
    var wrong =
        OpenSsl.talk(redis, 6379, "-cert", certificate, "-key", key, "-alpn", "testudo/1/tcp:6380");
    assertFalse(wrong.contains("+PONG"), wrong);
    mesh.awaitLine("the refusal", _ -> !mesh.refusalsOf("redis").isEmpty());
    var refused = mesh.refusalsOf("redis");
    assertEquals(1, refused.size(), mesh::output);
    assertEquals("SERVER_1", refused.getFirst().rule());
    assertEquals(
        "peer meant testudo/1/tcp:6380, rule SERVER_1 is testudo/1/tcp:6379",
        refused.getFirst().reason());
  }

  private static String clientFile(String secret, String file) throws IOException {
    var shown =
        Command.testudo(
            "cas", "value", "--state", mesh.state().toString(), "stranger/redis", secret);
    assertEquals(0, shown.exit(), shown.all());
    return Files.writeString(work.resolve(file), shown.out()).toString();
  }
}
