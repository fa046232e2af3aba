package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.testudo.it.ContainerWorkshop.Made;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// An existing image becomes a confidential one, and runs under podman: attested, with what CAS
/// gives it, or not at all. Runs as root.
@Timeout(1800)
class ConfidentialImageIT {
  private static final String RUNS = "the program runs";
  private static final Path LIB = Command.ROOT.resolve("dist/target/testudo/container/lib");
  private static final int ANY_USER = 12345;
  private static final int INPUT_WRONG = 1;
  private static final int REFUSED = 4;

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static ContainerWorkshop workshop;
  private static String measurement;
  private static String script;

  @BeforeAll
  static void convertAnImage() throws IOException, InterruptedException {
    workshop = ContainerWorkshop.in(shared);
    script = "#!/bin/sh\necho " + RUNS + " as $(id -u): $GREETING, $(cat /etc/app/secret)\n";
    var files =
        ImageFiles.ofBusybox("sh", "cat", "id")
            .program("/usr/bin/redis-server")
            .file("/app/run.sh", bytes(script), 0755)
            .file("/etc/shadow", bytes("nobody may know"), 0600)
            .file("/closed/inside", bytes("nobody may know"), 0644)
            .directory("/closed", 0700)
            .directory("/data", 0755)
            .text("/etc/group", "root:x:0:\n");
    workshop.layout().image("original", files, List.of("/app/run.sh"), "");
    measurement = workshop.make("app", "original", "confidential").measurement();
    workshop.cas().register(session("app", "[/app/run.sh]"));
  }

  @AfterAll
  static void stop() throws IOException {
    workshop.close();
  }

  /// A session for the image that also injects a file with a secret.
  private static String session(String name, String command) {
    return """
    name: %s
    version: "0.3.12"
    security: {attestation: {tolerate: [software-evidence]}}
    services:
      - name: app
        image_name: image
        command: %s
        environment: {PATH: "/usr/bin:/bin", GREETING: hello}
        attestation: [{mrenclave: "%s", join_token: required}]
    images:
      - name: image
        injection_files: [{path: /etc/app/secret, content: $$SCONE::password$$}]
    secrets: [{name: password, kind: ascii, value: tell-nobody}]
    """
        .formatted(name, command, measurement);
  }

  private static Podman.Ended run(String service, int user, List<String> options)
      throws IOException, InterruptedException {
    return workshop.run(service, user, options, "confidential");
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// In search of a provider that is missing, the JDK would create all others, which takes long.
  @Test
  void theRuntimeOfTheAgentHasEachProviderThatItNames() throws IOException {
    var configuration = Files.readAllLines(LIB.resolve("java/conf/security/java.security"));
    assertEquals(
        List.of(
            "security.provider.1=SUN",
            "security.provider.2=SunRsaSign",
            "security.provider.3=SunEC",
            "security.provider.4=SunJSSE",
            "security.provider.5=SunJCE"),
        configuration.stream().filter(line -> line.startsWith("security.provider.")).toList());
  }

  @Test
  void theProgramStartsAttestedWithWhatThePolicyGives() throws Exception {
    var ended = run("app/app", 0, List.of());
    assertEquals(0, ended.exit(), ended.said());
    assertTrue(ended.said().contains(RUNS + " as 0: hello, tell-nobody\n"), ended.said());
    assertTrue(ended.said().contains("not hardware attested"), ended.said());
  }

  @Test
  void itNeedsNoRightsAndMeasuresTheSameForEveryUser() throws Exception {
    var ended = run("app/app", ANY_USER, workshop.podman().restrictedTo(ANY_USER));
    assertEquals(0, ended.exit(), ended.said());
    assertTrue(
        ended.said().contains(RUNS + " as %d: hello, tell-nobody\n".formatted(ANY_USER)),
        ended.said());
  }

  @Test
  void theOnlyCapabilityThatKubernetesPermitsIsNoObstacle() throws Exception {
    var options = new ArrayList<>(workshop.podman().restrictedTo(ANY_USER));
    options.addAll(List.of("--cap-add", "NET_BIND_SERVICE"));
    var ended = run("app/app", ANY_USER, options);
    assertEquals(0, ended.exit(), ended.said());
    assertTrue(ended.said().contains(RUNS), ended.said());
  }

  @Test
  void rootMayUseVolumesOfOthersAndCannotBecomeAnother() throws Exception {
    var command =
        "[sh, -c, 'cd /data && echo kept >file && busybox chown 7:7 file"
            + " && busybox grep CapEff /proc/self/status']";
    workshop.cas().register(session("volume", command));
    var data = Files.createDirectory(shared.resolve("data"));
    Files.setAttribute(data, "unix:uid", ANY_USER);
    var ended = run("volume/app", 0, List.of("-v", data + ":/data"));
    assertEquals(0, ended.exit(), ended.said());
    assertEquals("kept\n", Files.readString(data.resolve("file")));
    assertEquals(7, Files.getAttribute(data.resolve("file"), "unix:uid"));
    // CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER and CAP_FSETID
    assertTrue(ended.said().contains("CapEff:\t000000000000001b\n"), ended.said());
  }

  @Test
  void aServerAnswersItsProtocol() throws Exception {
    var port = freePort();
    workshop.cas().register(session("server", "redis-server --port %d --save ''".formatted(port)));
    var podman = workshop.podman();
    var image = podman.pull(workshop.layout().directory(), "confidential");
    var log = shared.resolve("server.log");
    var options = podman.restrictedTo(ANY_USER);
    var process =
        podman.start(log, podman.attested(workshop.cas(), "server/app", ANY_USER, options, image));
    try {
      Patience.until(() -> answersPing(port), () -> read(log));
    } finally {
      process.destroy(); // SIGTERM, which podman forwards
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> read(log));
    }
    assertTrue(read(log).contains("exited code=0"), () -> read(log));
  }

  private static int freePort() throws IOException {
    try (var socket = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean answersPing(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(1000);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII)
          .equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theSameInputGivesTheSameImage() {
    var one = make("again", Map.of("LC_ALL", "C", "TZ", "Asia/Tokyo"), "022");
    var two = make("again2", Map.of("LC_ALL", "de_DE.UTF-8"), "077");
    assertEquals(one, two);
    assertEquals(measurement, one.measurement());
  }

  private static Made make(String to, Map<String, String> environment, String umask) {
    var words = new ArrayList<>(List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"));
    words.addAll(workshop.sconify("app", "original", to));
    return Made.of(Command.run(environment, words));
  }

  @Test
  void theConfigurationOfTheImageSaysNothingOfTheProgram() throws IOException {
    var digest = workshop.make("app", "original", "silent").digest();
    var manifest = new ObjectMapper().readTree(blob(digest));
    var config = blob(manifest.at("/config/digest").asText());
    assertTrue(config.contains("AgentMain"), config);
    for (var secret : List.of("GREETING", "label", "run.sh", "/app", "/data")) {
      assertFalse(config.contains(secret), secret + ": " + config);
    }
  }

  private static String blob(String digest) throws IOException {
    return Files.readString(
        workshop.layout().directory().resolve("blobs/" + digest.replace(':', '/')));
  }

  private interface Change {
    void make(ImageFiles files) throws IOException;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] flipped(Path file, double where) throws IOException {
    var bytes = Files.readAllBytes(file);
    bytes[(int) (bytes.length * where)] ^= 1;
    return bytes;
  }

  private static ImageFiles agentsFile(ImageFiles files, String name, double where)
      throws IOException {
    return files.file("/.testudo/lib/" + name, flipped(LIB.resolve(name), where), 0755);
  }

  @Test
  void aChangedImageGetsNothing() throws Exception {
    var changes =
        Map.<String, Change>of(
            "program", f -> f.file("/bin/busybox", flipped(Path.of("/bin/busybox"), 0.99), 0755),
            "script", f -> f.file("/app/run.sh", bytes(script + "#"), 0755),
            "mode", f -> f.file("/app/run.sh", bytes(script), 0775),
            "link", f -> f.link("/bin/id", "/bin/busybox"),
            "added", f -> f.file("/usr/bin/added", new byte[] {1}, 0755),
            "restricted", f -> f.file("/etc/shadow", new byte[] {1}, 0600),
            "agent", f -> agentsFile(f, "java/lib/modules", 0.999),
            "jvm", f -> agentsFile(f, "java/lib/server/libjvm.so", 0.9999),
            "cache", f -> agentsFile(f, "agent.aot", 0.999),
            "libc", f -> agentsFile(f, "libm.so.6", 0.9999));
    for (var change : changes.entrySet()) {
      var files = new ImageFiles();
      change.getValue().make(files);
      workshop.layout().changed(change.getKey(), "confidential", files);
      var ended = workshop.run("app/app", 0, List.of(), change.getKey());
      assertNotEquals(0, ended.exit(), change.getKey() + ": " + ended.said());
      assertFalse(ended.said().contains(RUNS), change.getKey() + ": " + ended.said());
      assertFalse(ended.said().contains("tell-nobody"), change.getKey() + ": " + ended.said());
      if (!change.getKey().equals("cache")) { // the JVM may end before the agent can be refused
        assertEquals(REFUSED, ended.exit(), change.getKey() + ": " + ended.said());
        workshop.cas().hasRefused("attest", "app/app", "attestation-refused");
      }
    }
  }

  @Test
  void whatCannotBecomeConfidentialLeavesNothing() {
    var place = shared.resolve("nothing");
    var session = shared.resolve("nothing.yaml");
    var result =
        Command.testudo(
            "sconify",
            "--from",
            workshop.place("confidential"),
            "--to",
            "oci:" + place + ":app",
            "-o",
            session.toString());
    assertEquals(INPUT_WRONG, result.exit(), result.all());
    assertFalse(Files.exists(place));
    assertFalse(Files.exists(session));
  }

  @Test
  void aMountOverTheImageIsNamed() throws Exception {
    var evil = Files.writeString(shared.resolve("evil"), "evil");
    var ended = run("app/app", 0, List.of("-v", evil + ":/app/run.sh:ro"));
    assertEquals(REFUSED, ended.exit(), ended.said());
    assertTrue(ended.said().contains("which changes its measurement: /app/run.sh"), ended.said());
  }
}
