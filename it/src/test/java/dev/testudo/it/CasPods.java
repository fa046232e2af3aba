package dev.testudo.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// CAS as the pods of its chart. The image is that of the packages, or stands in for it, because
/// packages take minutes to make: Testudo, the JDK and the programs of this machine are mounted.
final class CasPods {
  /// The name of its Service object.
  static final String HOST = "cas";

  private static final int PORT = 8081;
  private static final String STATE = "/var/lib/testudo-cas";

  private final PodNetwork network;
  private final PodVolumes volumes;
  private final RenderedChart chart;

  /// The image, what precedes it in the words of `podman run`, and its entry point.
  private final List<String> image;

  private CasPods(PodNetwork network, PodVolumes volumes, RenderedChart chart, List<String> image) {
    this.network = network;
    this.volumes = volumes;
    this.chart = chart;
    this.image = image;
  }

  /// Writes and renders the chart, for an image that stands in.
  ///
  /// @param values besides the owner
  static CasPods in(PodNetwork network, Path folder, Map<String, Object> values)
      throws IOException, InterruptedException {
    var layout = new TestLayout(folder.resolve("image"));
    layout.image("1", root(), List.of(), "");
    var id = network.podman().pull(layout.directory(), "1");
    return in(network, folder, values, standIn(id));
  }

  /// Writes and renders the chart, for the image in an archive.
  static CasPods of(PodNetwork network, Path folder, Path archive)
      throws IOException, InterruptedException {
    return in(network, folder, Map.of(), List.of(network.podman().pull(archive)));
  }

  private static CasPods in(
      PodNetwork network, Path folder, Map<String, Object> values, List<String> image)
      throws IOException {
    var charts = folder.resolve("chart");
    succeeded(Command.testudo("cas", "chart", "-o", charts.toString()));
    identity(network, "create");
    Map<String, Object> all = new HashMap<>(values);
    all.put("owners[0]", identity(network, "show", "--key-hash").strip());
    return new CasPods(network, PodVolumes.in(folder), RenderedChart.of(charts, HOST, all), image);
  }

  /// Runs a command on the identity of who runs `apply`.
  private static String identity(PodNetwork network, String... more) {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "identity"));
    words.addAll(List.of(more));
    var environment = network.environment("none:1", "1".repeat(32));
    return succeeded(network.run(environment, words.toArray(String[]::new))).out();
  }

  private static Command succeeded(Command command) {
    if (command.exit() != 0) {
      throw new AssertionError(command.all());
    }
    return command;
  }

  private static ImageFiles root() throws IOException {
    var files = new ImageFiles();
    for (var folder : List.of("/usr", "/proc", "/sys", "/dev", "/run", STATE)) {
      files.directory(folder, 0755);
    }
    for (var link : List.of("bin", "sbin", "lib", "lib64")) {
      files.link("/" + link, "usr/" + link);
    }
    return files.directory("/tmp", 01777);
  }

  /// The volumes of the pods.
  PodVolumes volumes() {
    return volumes;
  }

  /// Starts a pod. One that has ended keeps the volume of its claim.
  PodNetwork.Pod start(String name) throws IOException {
    var workload =
        chart.objects().stream()
            .filter(object -> object.at("/spec/template/spec/containers").isArray())
            .findFirst()
            .orElseThrow();
    var spec = workload.at("/spec/template/spec");
    var user = spec.at("/securityContext/runAsUser").asInt();
    var words = new ArrayList<>(network.podman().restrictedTo(user));
    words.addAll(List.of("--network-alias", HOST));
    words.addAll(volumes.mount(workload, name));
    for (var variable : spec.at("/containers/0/env")) {
      words.addAll(
          List.of("-e", variable.path("name").asText() + "=" + variable.path("value").asText()));
    }
    words.addAll(image);
    spec.at("/containers/0/args").forEach(word -> words.add(word.asText()));
    return network.start(name, words);
  }

  /// Returns what stands for the image of the packages and its entry point.
  private static List<String> standIn(String image) {
    var installation = Command.ROOT.resolve("dist/target/testudo");
    var words = new ArrayList<String>();
    for (var folder : List.of("/usr", System.getProperty("java.home"), installation.toString())) {
      words.addAll(List.of("-v", folder + ":" + folder + ":ro"));
    }
    words.addAll(List.of("-e", "TESTUDO_JAVA_HOME=" + System.getProperty("java.home")));
    words.addAll(List.of(image, "/bin/sh", installation.resolve("testudo").toString()));
    words.addAll(List.of("cas", "serve", "--state", STATE + "/state"));
    words.addAll(List.of("--listen", "0.0.0.0:" + PORT));
    return words;
  }

  /// Waits until a pod's readiness probe succeeds.
  PodNetwork.Pod ready(PodNetwork.Pod pod) throws InterruptedException {
    Patience.until(
        () -> {
          if (!pod.process().isAlive()) {
            throw new AssertionError(pod.name() + " has ended:\n" + pod.said());
          }
          return probe(pod, "readyz").equals("{\"status\":\"ok\"}");
        },
        pod::said);
    return pod;
  }

  /// Asks as a kubelet does, which has no certificate and verifies none.
  private String probe(PodNetwork.Pod pod, String path) {
    var address = network.address(pod);
    return address.isEmpty()
        ? ""
        : network
            .run(
                Map.of(),
                "curl",
                "-sk",
                "--max-time",
                "5",
                "https://%s:%d/%s".formatted(address, PORT, path))
            .out()
            .strip();
  }

  /// Returns the hash of its key, which is in the first line of its log.
  static String key(PodNetwork.Pod pod) {
    try {
      var line = pod.said().lines().filter(text -> text.startsWith("{")).findFirst();
      return new ObjectMapper().readTree(line.orElseThrow()).path("key_hash").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What commands need to find the CAS in a pod.
  Map<String, String> environment(PodNetwork.Pod pod) {
    return network.environment(network.address(pod) + ":" + PORT, key(pod));
  }

  /// How the pods of meshes find it.
  static String address() {
    return HOST + ":" + PORT;
  }
}
