package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The main job: stock Redis and a Flask program that speak plain TCP, and what the world sees of
/// it.
class PatientRecordsIT {
  private static final String RECORD = "{\"name\":\"Grace Hopper\",\"conditions\":[\"arthritis\"]}";

  @TempDir private static Path work;
  private static RunningMesh mesh;
  private static Path authority;

  @BeforeAll
  static void bringTheMeshUp() throws IOException, InterruptedException {
    mesh =
        RunningMesh.start(
            Command.ROOT.resolve("examples/patient-records/mesh.yaml"), work.resolve("state"));
    authority = publicValue("patient-records/api", "api_ca_cert", "api-ca.pem");
  }

  @AfterAll
  static void stopTheMesh() {
    if (mesh != null) {
      mesh.close();
    }
  }

  private static Path publicValue(String session, String secret, String file) throws IOException {
    var shown =
        Command.testudo("cas", "value", "--state", mesh.state().toString(), session, secret);
    assertEquals(0, shown.exit(), shown.all());
    return Files.writeString(work.resolve(file), shown.out());
  }

  private static Command curl(String... words) throws IOException {
    var all =
        new ArrayList<>(
            List.of("curl", "-sS", "--max-time", "60", "--cacert", authority.toString()));
    all.addAll(List.of("--resolve", "api:4996:" + mesh.address("api")));
    all.addAll(List.of(words));
    return Command.run(all.toArray(String[]::new));
  }

  private static Command store(String id, String record) throws IOException {
    return curl(
        "-X",
        "POST",
        "-H",
        "content-type: application/json",
        "-d",
        record,
        "https://api:4996/patient/" + id);
  }

  @Test
  void storesAndReadsARecordOverHttps() throws IOException {
    var record = new Output(RECORD).json();
    ((ObjectNode) record).put("id", "grace");
    assertEquals(record, new Output(store("grace", RECORD).out()).json());
    assertEquals(record, new Output(curl("https://api:4996/patient/grace").out()).json());
    var score = new Output(curl("https://api:4996/score/grace").out()).json();
    assertEquals(8, score.path("score").asInt());
  }

  @Test
  void theWireToRedisShowsNothingOfTheRecord() throws IOException, InterruptedException {
    var secretive = "{\"name\":\"Xanthippe Wirewatch\"}";
    try (var capture = Capture.start(work, "tcp port 6379 and host " + mesh.address("redis"))) {
      var stored = new Output(store("wire", secretive).out()).json();
      assertEquals("Xanthippe Wirewatch", stored.path("name").asText());
      var seen = String.join("", capture.packets());
      assertTrue(seen.contains("\u0017\u0003\u0003"), "TLS application data did cross the wire");
      assertAll(
          () -> assertFalse(seen.contains("Xanthippe")),
          () -> assertFalse(seen.contains("patient:wire")),
          () -> assertFalse(seen.contains("AUTH\r\n")));
    }
  }

  @Test
  void aPlainRedisClientIsRefusedWithOneLineThatSaysWhy() throws IOException, InterruptedException {
    var refusals = refusalsAtRedis();
    var plain = Command.run("redis-cli", "-h", mesh.address("redis"), "-p", "6379", "ping");
    assertFalse(plain.all().contains("PONG") || plain.all().contains("NOAUTH"), plain.all());
    assertOneMoreRefusal(refusals, "peer does not speak TLS");
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefusedWithOneLineThatSaysWhy()
      throws IOException, InterruptedException {
    var key = work.resolve("intruder.key").toString();
    var certificate = work.resolve("intruder.pem").toString();
    assertEquals(
        0,
        Command.run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "1",
                "-subj",
                "/CN=intruder",
                "-addext",
                "subjectAltName=DNS:api",
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-keyout",
                key,
                "-out",
                certificate)
            .exit());
    var refusals = refusalsAtRedis();
    var seen = OpenSsl.talk(mesh.address("redis"), 6379, "-cert", certificate, "-key", key);
    assertFalse(seen.contains("PONG") || seen.contains("NOAUTH"), seen);
    assertOneMoreRefusal(
        refusals, "peer certificate is not issued by an authority of rule SERVER_6379");
  }

  @Test
  void aClientWithoutACertificateIsRefused() throws IOException, InterruptedException {
    var refusals = refusalsAtRedis();
    var seen = OpenSsl.talk(mesh.address("redis"), 6379);
    assertFalse(seen.contains("PONG") || seen.contains("NOAUTH"), seen);
    assertOneMoreRefusal(refusals, "peer sent no certificate");
  }

  /// The peers that the rule of the Redis service has refused so far.
  private static List<Output.Refusal> refusalsAtRedis() {
    return mesh.refusalsOf("redis").stream()
        .filter(one -> one.operation().equals("accept") && one.rule().equals("SERVER_6379"))
        .toList();
  }

  private static void assertOneMoreRefusal(List<Output.Refusal> before, String reason)
      throws InterruptedException {
    mesh.awaitLine("a refusal", _ -> refusalsAtRedis().size() > before.size());
    var now = refusalsAtRedis();
    assertEquals(before.size() + 1, now.size(), now::toString);
    assertEquals(reason, now.getLast().reason());
  }

  @Test
  void theProgramsEnvironmentHoldsOnlyWhatThePolicySays() throws IOException {
    var pid = mesh.programPid("python3");
    var names = new TreeSet<String>();
    for (var entry :
        Files.readString(Path.of("/proc", Long.toString(pid), "environ")).split("\0")) {
      names.add(entry.substring(0, entry.indexOf('=')));
    }
    assertEquals(Set.of("PYTHONUNBUFFERED", "REDIS_PASSWORD", "redis_host", "redis_port"), names);
  }

  @Test
  void theGeneratedPasswordIsInRedisConfigurationAndNowhereOutside() throws IOException {
    var environ =
        Files.readString(Path.of("/proc", Long.toString(mesh.programPid("python3")), "environ"));
    var start = environ.indexOf("REDIS_PASSWORD=") + "REDIS_PASSWORD=".length();
    var password = environ.substring(start, environ.indexOf('\0', start));
    assertEquals(32, password.length());
    var inside =
        Path.of("/proc", Long.toString(mesh.programPid("redis-server")), "root/conf/redis.conf");
    new Output(Files.readString(inside)).hasLine("requirepass " + password);
    var outside = Path.of("/conf/redis.conf");
    assertFalse(Files.exists(outside) && Files.readString(outside).contains(password));
    assertFalse(mesh.output().contains(password));
    assertStateHidesIt(password);
  }

  private static void assertStateHidesIt(String password) throws IOException {
    try (var files = Files.walk(mesh.state())) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var text =
            new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertFalse(text.contains(password), () -> "the password stands in " + file);
      }
    }
  }

  @Test
  void everyoneIsToldThatEvidenceIsSoftwareOnly() throws IOException {
    for (var service : List.of("redis", "api")) {
      var evidence = "software (not hardware attested)";
      assertEquals(
          evidence, mesh.description().at("/services/%s/attestation".formatted(service)).asText());
      new Output(mesh.output()).hasLine("testudo | %s attested: %s".formatted(service, evidence));
    }
  }

  @Test
  void theOutputShowsWhoTalksToWhom() throws IOException, InterruptedException {
    assertEquals(0, store("edge", RECORD).exit());
    mesh.awaitLine(
        "the edge api -> redis",
        "testudo | api → redis connected (rule CLIENT_redis_6379)"::equals);
  }
}
