package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Another user of the machine claims the measurement of a service that `testudo apply` has
/// registered with a CAS of one's own. Runs as root, the stranger as user 65534.
@Timeout(3600)
class ClaimedMeasurementIT {
  private static final String SERVICE = "hello-env/hello/python3";

  @TempDir private static Path shared;
  private static RunningCas cas;
  private static Path target;
  private static String measurement = "";
  private static String image = "";
  private static String machine = "";

  @BeforeAll
  static void apply() throws IOException {
    Files.setAttribute(shared, "unix:mode", 0755);
    cas = RunningCas.start(shared.resolve("cas"));
    target = shared.resolve("target");
    var owner = Command.testudo("identity", "create", shared.resolve("owner.pem").toString());
    assertEquals(0, owner.exit(), owner.all());
    var applied = applyMesh();
    measurement = hash(applied, "measurement:");
    image = hash(applied, "of the image:");
    machine = hash(applied, "of the machine:");
    makeStranger();
  }

  @AfterAll
  static void stop() throws IOException {
    cas.close();
  }

  private static String hash(Command applied, String of) {
    return applied.out().replaceFirst("(?s).*%s +([0-9a-f]{64}).*".formatted(of), "$1");
  }

  private static Command applyMesh() {
    var applied =
        Command.testudo(
            "apply",
            "--local",
            "-f",
            Command.ROOT.resolve("examples/hello-env/mesh.yaml").toString(),
            "-t",
            target.toString(),
            "--cas",
            cas.address().toString(),
            "--cas-key",
            cas.key().text(),
            "--identity",
            shared.resolve("owner.pem").toString());
    assertEquals(0, applied.exit(), applied.all());
    return applied;
  }

  private static void makeStranger() throws IOException {
    var folder = Files.createDirectory(shared.resolve("stranger"));
    for (var words :
        List.of(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=stranger -days 2"
                + " -keyout key.pem -out cert.pem",
            "pkey -in key.pem -pubout -outform DER -out public.der")) {
      var command = new ArrayList<>(List.of("env", "-C", folder.toString(), "openssl"));
      command.addAll(List.of(words.split(" ", -1)));
      var made = Command.run(Map.of(), command);
      assertEquals(0, made.exit(), made.all());
    }
    Files.copy(
        Path.of("src/test/resources/stranger.py").toAbsolutePath(), folder.resolve("stranger.py"));
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        Files.setAttribute(file, "unix:uid", 65534);
      }
    }
  }

  private static Command asStranger(String... words) {
    var all =
        new ArrayList<>(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
    all.addAll(List.of(words));
    return Command.run(Map.of(), all);
  }

  /// What CAS answers to somebody who claims a measurement: the status, and JSON.
  private static String attest(String service, String image, String... token) {
    var folder = shared.resolve("stranger");
    var words =
        new ArrayList<>(
            List.of(
                "/usr/bin/python3",
                folder.resolve("stranger.py").toString(),
                "127.0.0.1",
                cas.address().toString().replaceFirst(".*:", ""),
                folder.toString(),
                service,
                image,
                machine));
    words.addAll(List.of(token));
    var ended = asStranger(words.toArray(String[]::new));
    assertEquals(0, ended.exit(), ended.all());
    return ended.out();
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.split(" ", 2)[0]);
  }

  private static JsonNode body(String answer) {
    return new Output(answer.split(" ", 2)[1]).json();
  }

  private static String withoutRequest(String answer) {
    return answer.replaceFirst("[0-9a-f]{16}", "REQUEST");
  }

  @Test
  void whoClaimsTheMeasurementGetsNothingAndLearnsNothing() {
    var refusal = withoutRequest(attest("nobody/at/home", "00".repeat(32)));
    assertEquals(403, status(refusal));
    assertEquals("attestation-refused", body(refusal).path("error").asText());
    var ways =
        List.of(
            attest(SERVICE, "00".repeat(32)),
            attest(SERVICE, image),
            attest(SERVICE, image, "testudo-join-" + "0".repeat(64)),
            attest(SERVICE, image, ""),
            attest("hello-env/hello/nobody", image),
            attest("hello-env", image),
            attest("not a service", image));
    for (var answer : ways) {
      assertEquals(refusal, withoutRequest(answer));
      assertFalse(answer.contains("API_PASSWORD"), answer);
      assertFalse(answer.contains(measurement), answer);
    }
  }

  @Test
  void whoHasTheTokenIsTakenForTheService() throws IOException {
    // It shows that the stranger of these tests lacks nothing but the token.
    var token = Files.readString(target.resolve("tokens/hello.token")).strip();
    var answer = attest(SERVICE, image, token);
    assertEquals(200, status(answer));
    assertTrue(body(answer).path("environment").has("API_PASSWORD"), "not delivered");
  }

  @Test
  void anotherUserCannotReadTheTokens() throws IOException {
    var file = target.resolve("tokens/hello.token");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
    var read = asStranger("cat", file.toString());
    assertNotEquals(0, read.exit());
    assertEquals("", read.out());
  }

  @Test
  void applyingAgainReplacesTheTokens() throws IOException {
    var file = target.resolve("tokens/hello.token");
    var before = Files.readString(file).strip();
    var applied = applyMesh();
    var after = Files.readString(file).strip();
    assertNotEquals(before, after);
    assertFalse(applied.all().contains(after), "the token is shown");
    assertEquals(403, status(attest(SERVICE, image, before)));
    assertEquals(200, status(attest(SERVICE, image, after)));
  }
}
