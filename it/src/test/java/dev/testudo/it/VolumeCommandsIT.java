package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.testudo.trust.measure.SoftwareMeasurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `testudo volume` with a CAS, services and mounts. Runs as root.
@Timeout(900)
class VolumeCommandsIT {
  private static final Path LIB = Command.ROOT.resolve("dist/target/testudo/lib");
  private static final String DIGITS = "0123456789abcdef".repeat(4);
  private static final Pattern POSITION = Pattern.compile("(?m)^([0-9]+):([0-9a-f]{32})$");
  private static final int REFUSED = 4;

  @TempDir private static Path shared;
  private static RunningCas cas;
  private static Path image;
  private static int sessions;

  @TempDir private Path work;
  private String session = "";
  private String hash = "";
  private Path volumes = Path.of("");

  @BeforeAll
  static void start() throws IOException {
    cas = RunningCas.start(shared.resolve("cas"));
    image = Files.createDirectories(shared.resolve("image/root/testudo-app")).resolve("../..");
    Files.writeString(
        image.resolve("image.json"),
        "{\"name\":\"it\",\"files\":[\"%s\"],\"host_paths\":[]}"
            .formatted(Path.of("/bin/sh").toRealPath()));
    testudo(shared, "cas", "attest", cas.address().toString(), "--key", cas.key().text());
  }

  @AfterAll
  static void stop() throws IOException {
    cas.close();
  }

  @BeforeEach
  void places() {
    session = "volume-it-" + ++sessions;
    volumes = work.resolve("volumes");
  }

  /// Runs a command of the person whose identity is below `person`.
  private static Command testudo(Path person, String... words) {
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString()));
    all.addAll(List.of(words));
    return Command.run(Map.of("TESTUDO_CONFIG", person.resolve("config").toString()), all);
  }

  private static Command succeeds(String... words) {
    var ended = testudo(shared, words);
    assertEquals(0, ended.exit(), ended::all);
    return ended;
  }

  /// Registers a service that prints what its volume has, and adds a line.
  private void register(String more) throws IOException {
    var text =
        """
        name: %s
        version: "0.3.12"
        security: {attestation: {tolerate: [software-evidence]}}
        services:
          - name: notes
            image_name: image
            command: [sh, -c, "cat /data/notes 2>/dev/null; echo \\"note $$\\" >> /data/notes"]
            pwd: /testudo-app
            environment: {PATH: "/usr/bin:/bin"}
            attestation: [{mrenclave: "%s", join_token: required}]
        images:
          - name: image
            volumes: [{name: data, path: /data}]
        volumes:
          - {name: data%s}
        """
            .formatted(session, SoftwareMeasurement.of(LIB, image).measurement().hex(), more);
    var file = Files.writeString(work.resolve("session.yaml"), text).toString();
    hash = succeeds("session", "create", file, "--json").out();
    hash = new ObjectMapper().readTree(hash).path("hash").asText();
  }

  private Command runService() throws IOException {
    var token = work.resolve("token");
    var service = session + "/notes";
    Files.deleteIfExists(token);
    succeeds("token", "create", service, "--output", token.toString());
    return Command.run(
        Map.of(),
        cas.agent(
            service, image, "--volumes", volumes.toString(), "--token-file", token.toString()));
  }

  /// How many notes a service finds that starts.
  private long notes() throws IOException {
    var ended = runService();
    assertEquals(0, ended.exit(), ended::all);
    return ended.out().lines().filter(line -> line.startsWith("note ")).count();
  }

  private void isRefused() throws IOException {
    var ended = runService();
    assertEquals(REFUSED, ended.exit(), ended::all);
    assertFalse(ended.out().contains("note "), ended::all);
  }

  private Path directory() {
    return volumes.resolve(session).resolve("data");
  }

  private JsonNode status() throws IOException {
    var printed = succeeds("volume", "status", session, "--json").out();
    return new ObjectMapper().readTree(printed).path("volumes").path(0);
  }

  private String tag() throws IOException {
    return status().path("position").path("tag").asText();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.list(to)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    try (var files = Files.list(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void aRestoredBackupStartsWhenItIsAcceptedAndNotBefore() throws Exception {
    register("");
    assertEquals(0, notes());
    var backup = work.resolve("backup");
    copy(directory(), backup);
    var old = tag();
    assertEquals(1, notes());
    var newest = tag();
    copy(backup, directory());
    isRefused();
    assertEquals(newest, tag());

    var stranger = Files.createDirectory(work.resolve("stranger"));
    testudo(stranger, "cas", "attest", cas.address().toString(), "--key", cas.key().text());
    var unauthorised = testudo(stranger, "volume", "accept", session, "data", "--tag", old);
    assertEquals(REFUSED, unauthorised.exit(), unauthorised::all);
    assertEquals(newest, tag());
    isRefused();

    succeeds("volume", "accept", session, "data", "--tag", "0".repeat(32));
    isRefused();

    var audit = cas.audit().size();
    var said = succeeds("volume", "accept", session, "data", "--tag", old);
    assertTrue(said.err().contains("0".repeat(32)), said::all);
    var line = cas.audit().get(audit);
    assertEquals("volume-accepted", line.path("event").asText(), line::toString);
    assertEquals(session + ":data", line.path("volume").asText(), line::toString);
    assertEquals(old, tag());
    assertEquals(1, notes());
    assertEquals(2, notes());
    assertTrue(status().path("holder").isMissingNode() || status().path("holder").isNull());
  }

  private Path keyFile(String digits) throws IOException {
    var file = Files.writeString(work.resolve("key" + digits.charAt(0)), digits + "\n");
    Files.setAttribute(file, "unix:mode", 0600);
    return file;
  }

  /// Creates the volume with a key that people have, and the session with it.
  private Path registerWithKey() throws IOException {
    var key = keyFile(DIGITS);
    var tree = Files.createDirectory(work.resolve("empty"));
    Files.setAttribute(tree, "unix:mode", 0777); // the program's user is not that of this test
    var words =
        List.of(
            "volume",
            "create",
            directory().toString(),
            "--from",
            tree.toString(),
            "--key-file",
            key.toString(),
            "--json");
    var created = new ObjectMapper().readTree(succeeds(words.toArray(String[]::new)).out());
    register(", fspf_key: \"%s\", fspf_tag: \"%s\"".formatted(DIGITS, tag(created)));
    return key;
  }

  private static String tag(JsonNode entry) {
    return entry.path("fspf_tag").asText();
  }

  @Test
  void aVolumeThatPeopleMountedStartsWhenItsStateIsAccepted() throws Exception {
    var key = registerWithKey();
    assertEquals(0, notes());
    var before = tag();
    mount(key, 128 + 15, mounted -> mounted.process().destroy()); // SIGTERM
    isRefused();
    assertEquals(before, tag());
    var end =
        mount(
            key,
            0,
            mounted -> assertEquals(0, Command.run("umount", mounted.at().toString()).exit()));
    var position = POSITION.matcher(end);
    assertTrue(position.find(), end);
    succeeds(
        "volume",
        "accept",
        session,
        "data",
        "--sequence",
        position.group(1),
        "--tag",
        position.group(2));
    assertEquals(3, notes());
  }

  private record Mounted(Process process, Path at) {}

  private interface End {
    void of(Mounted mounted) throws IOException;
  }

  /// Mounts the volume, writes a note, and ends the mount. Returns what the command printed.
  private String mount(Path key, int exit, End end) throws Exception {
    var at = Files.createDirectories(work.resolve("mnt"));
    var out = work.resolve("mount.out");
    var process =
        new ProcessBuilder(
                Command.LAUNCHER.toString(),
                "volume",
                "mount",
                "--key-file",
                key.toString(),
                directory().toString(),
                at.toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      Patience.until(() -> mounts().contains(at.toString()), () -> "nothing is mounted");
      var wrote = Command.run("sh", "-c", "echo note mounted >> " + at.resolve("notes"));
      assertEquals(0, wrote.exit(), wrote::all);
      end.of(new Mounted(process, at));
      assertTrue(Patience.outlasts(process));
      var said = Files.readString(out);
      assertEquals(exit, process.exitValue(), () -> said);
      assertTrue(POSITION.matcher(said).find(), said);
      assertFalse(mounts().contains(at.toString()));
      return said;
    } finally {
      process.destroyForcibly();
      if (mounts().contains(at.toString())) {
        Command.run("umount", "-l", at.toString());
      }
    }
  }

  private static String mounts() {
    try {
      return Files.readString(Path.of("/proc/self/mounts"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aServiceGoesOnWithAnotherKeyAfterAnUpdateOfItsSession() throws Exception {
    var key = registerWithKey();
    assertEquals(0, notes());
    var other = keyFile("f".repeat(64));
    var rekeyed =
        new ObjectMapper()
            .readTree(
                succeeds(
                        "volume",
                        "rekey",
                        directory().toString(),
                        "--key-file",
                        key.toString(),
                        "--tag",
                        tag(),
                        "--new-key-file",
                        other.toString(),
                        "--json")
                    .out());
    isRefused();
    var file = work.resolve("session.yaml");
    var text = Files.readString(file);
    var entry = ", fspf_key: \"%s\", fspf_tag: \"%s\"".formatted("f".repeat(64), tag(rekeyed));
    Files.writeString(file, text.replaceFirst(", fspf_key: .*(?=\\})", entry));
    succeeds("session", "update", file.toString(), "--over", hash);
    assertEquals(1, notes());
  }

  @Test
  void aChangeOfTheKeyThatIsKilledAllTheTimeIsContinued() throws Exception {
    var tree = Files.createDirectory(work.resolve("tree"));
    var random = new Random(3);
    for (int i = 0; i < 20; i++) {
      var content = new byte[1 << 20];
      random.nextBytes(content);
      Files.write(tree.resolve("file" + i), content);
    }
    var key = keyFile(DIGITS);
    var place = work.resolve("volume").toString();
    succeeds("volume", "create", "--from", tree.toString(), place, "--key-file", key.toString());
    var before = archive(place, key);
    var files = files(Path.of(place));
    var other = work.resolve("generated");
    var words =
        List.of(
            Command.LAUNCHER.toString(),
            "volume",
            "rekey",
            place,
            "--key-file",
            key.toString(),
            "--new-key-file",
            other.toString());
    for (int i = 0; i < 6; i++) {
      var process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.waitFor(300 + 250 * i, TimeUnit.MILLISECONDS);
      process.destroyForcibly();
      assertTrue(Patience.outlasts(process));
    }
    succeeds(words.subList(1, words.size()).toArray(String[]::new));
    assertArrayEquals(before, archive(place, other));
    assertEquals(
        REFUSED, testudo(shared, "volume", "check", place, "--key-file", key.toString()).exit());
    var left = files(Path.of(place));
    left.retainAll(files);
    assertEquals(List.of("lock", "testudo-volume"), left);
  }

  private static List<String> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return new ArrayList<>(
          files.map(file -> String.valueOf(file.getFileName())).sorted().toList());
    }
  }

  private byte[] archive(String volume, Path key) throws Exception {
    var tar = Files.createTempFile(work, "archive", ".tar");
    var process =
        new ProcessBuilder(
                Command.LAUNCHER.toString(),
                "volume",
                "export",
                volume,
                "--key-file",
                key.toString())
            .redirectOutput(tar.toFile())
            .start();
    assertTrue(Patience.outlasts(process));
    assertEquals(0, process.exitValue());
    var bytes = Files.readAllBytes(tar);
    assertTrue(bytes.length > 20 << 20, () -> Arrays.toString(Arrays.copyOf(bytes, 100)));
    return bytes;
  }
}
