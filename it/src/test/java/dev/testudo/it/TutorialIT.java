package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.Helm;
import dev.testudo.image.oci.ContainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Every command of docs/tutorial.md, in the order of the page. A registry and a CAS run in a
/// network of containers; helm-java renders the chart, and podman starts the pods. `kubectl` and
/// `helm` are those of this class: they do with these pods what they would do with a cluster.
@Timeout(900)
class TutorialIT {
  private static final Path PAGE = Command.ROOT.resolve("docs/tutorial.md");
  private static final Path EXAMPLE = Command.ROOT.resolve("examples/flask-redis");

  /// A file's name in a paragraph of its own, and its content in the block below.
  private static final Pattern FILE =
      Pattern.compile("(?ms)^`([a-z./]+)`:\n\n```[a-z]*\n(.*?)^```$");

  private static final Pattern COMMANDS = Pattern.compile("(?ms)^```sh( cas)?\n(.*?)^```$");
  private static final List<String> PYTHON =
      List.of(
          "dash",
          "python3",
          "python3-minimal",
          "python3.11",
          "python3.11-minimal",
          "libpython3.11-minimal",
          "libpython3.11-stdlib",
          "python3-flask",
          "python3-redis",
          "python3-werkzeug",
          "python3-jinja2",
          "python3-markupsafe",
          "python3-itsdangerous",
          "python3-click",
          "python3-colorama",
          "python3-async-timeout",
          "python3-deprecated",
          "python3-wrapt",
          "python3-packaging");
  private static final List<String> REDIS = List.of("redis-server", "redis-tools");

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private Path work;

  private PodNetwork network;
  private Process registry;
  private Path clinic;
  private Map<String, PodNetwork.Pod> pods = new LinkedHashMap<>();
  private Map<String, String> environment = Map.of();
  private final List<String> answers = new ArrayList<>();

  @BeforeEach
  void makeTheWorldAroundTheTutorial() throws Exception {
    network = PodNetwork.in(work.resolve("network"));
    registry = network.startRegistry();
    clinic = Files.createDirectories(work.resolve("clinic/api")).resolveSibling(".").normalize();
    var bin = Files.createDirectories(work.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("testudo"), Command.LAUNCHER);
    environment =
        Map.of(
            "PATH",
            bin + ":" + System.getenv("PATH"),
            "TESTUDO_CONFIG",
            work.resolve("config").toString(),
            "CAS_KEY",
            Objects.requireNonNull(network.environment().get("TESTUDO_CAS_KEY")));
    var bases = new TestLayout(work.resolve("bases"));
    bases.image("python", DebianFiles.of(PYTHON, List.of()), container());
    bases.image("redis", DebianFiles.of(REDIS, List.of("redis")), container());
  }

  private static ContainerConfig container() {
    return new ContainerConfig(
        List.of(),
        List.of("true"),
        List.of("PATH=/usr/bin:/bin"),
        "",
        "/",
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of());
  }

  @AfterEach
  void stop() throws IOException {
    network.close();
    registry.destroyForcibly();
  }

  /// What stands in a file or command for something that this test does not have.
  private String replaced(String text) {
    var bases = "oci:" + work.resolve("bases");
    return text.replace("cas.example", PodNetwork.HOST)
        .replace(
            "registry.example/clinic/redis:7",
            "\"127.0.0.1:5000/clinic/redis:7\"\n    base: " + bases + ":redis")
        .replace("registry.example", "127.0.0.1:5000")
        .replace("docker.io/library/python:3.12-slim", bases + ":python")
        // Debian's packages are in the base.
        .replace("  requirements: requirements.txt\n", "");
  }

  @Test
  void everyCommandWorks() throws Exception {
    var page = Files.readString(PAGE);
    var files = FILE.matcher(page);
    while (files.find()) {
      assertEquals(Files.readString(EXAMPLE.resolve(files.group(1))), files.group(2));
      Files.writeString(clinic.resolve(files.group(1)), replaced(files.group(2)));
    }
    for (var block : COMMANDS.matcher(page).results().toList()) {
      for (var line : block.group(2).lines().toList()) {
        follow(line);
      }
    }
    var record = "{\"conditions\":\"asthma\",\"id\":\"1\",\"name\":\"Ada\"}\n";
    var before = "{\"id\":\"1\",\"score\":8}\n";
    var after = "{\"id\":\"1\",\"score\":7}\n";
    assertEquals(List.of(record, record, before, after), answers, this::said);
  }

  private void follow(String line) throws Exception {
    var words = line.split("[ =]+");
    switch (words[0] + " " + words[1]) {
      case "testudo cas" -> followCas(line);
      case "export CAS_KEY" -> {} // it is in the environment
      case "helm lint" -> assertTrue(!new Helm(chart()).lint().strict().call().isFailed());
      case "helm install" -> install(List.of("redis", "api"), "1");
      case "helm upgrade" -> upgrade();
      case "kubectl create" -> requireSecret(line);
      case "kubectl wait" -> awaitPods();
      case "kubectl port-forward" -> {} // curl asks the pod itself
      default -> run(line);
    }
  }

  /// The CAS of the network was started with the words of the page, and `--exit-with-stdin`.
  private void followCas(String line) {
    if (line.startsWith("testudo cas serve")) {
      assertEquals("testudo cas serve --state cas --listen cas.example:8081 --first-come", line);
    } else {
      run(line);
    }
  }

  private String said() {
    return String.join("\n", pods.values().stream().map(PodNetwork.Pod::said).toList());
  }

  private Path chart() {
    return clinic.resolve("target/helm");
  }

  private void run(String line) {
    var command = replaced(line);
    if (line.startsWith("curl")) {
      command = command.replace("api:4996:127.0.0.1", "api:4996:" + network.address(pod("api")));
    }
    var ran = network.run(environment, "sh", "-ec", "cd " + clinic + "; " + command);
    assertEquals(0, ran.exit(), () -> line + "\n" + ran.all());
    if (line.startsWith("curl")) {
      answers.add(ran.out());
    }
  }

  private PodNetwork.Pod pod(String service) {
    return Optional.ofNullable(pods.get(service)).orElseThrow();
  }

  private void install(List<String> services, String version) throws Exception {
    var chart = RenderedChart.of(chart(), "clinic", Map.of());
    chart.requireValid();
    network.pull(chart);
    for (var service : services) {
      var name = service + "-" + version;
      pods.put(service, network.start(chart, service, name, clinic.resolve("target/tokens")));
    }
  }

  /// A rolling update of the only workload that changes: the old pod runs until the new one is
  /// ready.
  private void upgrade() throws Exception {
    var old = pod("api");
    install(List.of("api"), "2");
    awaitPods();
    assertTrue(old.process().isAlive());
    network.stop(old, 30);
  }

  private void awaitPods() throws InterruptedException {
    for (var pod : pods.values()) {
      network.awaitReady(pod);
    }
  }

  /// The Secret is the one that the chart mounts, and its folder has the join tokens.
  private void requireSecret(String line) {
    var secret =
        RenderedChart.of(chart(), "clinic", Map.of())
            .one("Deployment", "api")
            .at("/spec/template/spec/volumes/1/secret/secretName")
            .asText();
    assertTrue(
        line.startsWith("kubectl create secret generic " + secret + " --from-file=target/tokens/"));
    assertTrue(Files.exists(clinic.resolve("target/tokens/api.token")));
  }
}
