package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A network and mount namespace with a CAS and a network of containers, whose names they resolve.
/// Stands in for a cluster: it starts the pods of a rendered chart with podman, as a kubelet would,
/// under the profile that Kubernetes' restricted pods have.
final class PodNetwork implements AutoCloseable {
  private static final String NETWORK = "pods";
  /// The address of the machine itself, in a network of its own.
  static final String HOST = "10.99.0.1";

  private static final int PROBE_PORT = 8089;

  /// Makes the namespaces. The servers of names that podman starts are found through files in
  /// /run/containers, of which this one has its own.
  private static final String HOLDER =
      """
      mkdir -p /run/containers && mount -t tmpfs none /run/containers \\
        && ip link set lo up && ip addr add %s/32 dev lo && echo ready && exec sleep infinity
      """
          .formatted(HOST);

  private final Path folder;
  private final Process holder;
  private final Podman podman;

  /// A CAS outside of the pods, if there is one.
  private @Nullable HostCas cas;

  /// The id of each image, by its digest as charts name it, or its name.
  private final Map<String, String> images = new LinkedHashMap<>();

  private PodNetwork(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    this.holder =
        new ProcessBuilder("unshare", "--mount", "--net", "sh", "-c", HOLDER)
            .redirectErrorStream(true)
            .start();
    assertEquals("ready", holder.inputReader(StandardCharsets.UTF_8).readLine());
    this.podman = Podman.in(folder.resolve("podman"), inside(List.of()));
    podman.succeeded("network", "create", "--subnet", "10.98.0.0/16", NETWORK);
  }

  /// Makes a cluster with a CAS outside of its pods.
  static PodNetwork in(Path folder) throws IOException, InterruptedException {
    var network = withoutCas(folder);
    network.cas = HostCas.start(network.inside(List.of()), folder, HOST + ":8081");
    return network;
  }

  /// Makes a cluster that has no CAS yet.
  static PodNetwork withoutCas(Path folder) throws IOException, InterruptedException {
    return new PodNetwork(Files.createDirectories(folder));
  }

  private List<String> inside(List<String> words) {
    var all = new ArrayList<>(List.of("nsenter", "-m", "-n", "-t", Long.toString(holder.pid())));
    all.addAll(words);
    return all;
  }

  /// Runs a command in the network of the cluster.
  Command run(Map<String, String> environment, String... words) {
    return Command.run(environment, inside(List.of(words)));
  }

  /// Starts a command in the network of the cluster that is talked to.
  Process open(String... words) throws IOException {
    return new ProcessBuilder(inside(List.of(words)))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// What `apply` needs to find the CAS outside of the pods.
  Map<String, String> environment() {
    return environment(HOST + ":8081", Objects.requireNonNull(cas).key());
  }

  /// What commands need to find a CAS.
  Map<String, String> environment(String address, String key) {
    return Map.of(
        "TESTUDO_CAS",
        address,
        "TESTUDO_CAS_KEY",
        key,
        "TESTUDO_CONFIG",
        folder.resolve("config").toString());
  }

  /// Takes an image from an OCI layout.
  void pull(Path layout, String tag) throws IOException, InterruptedException {
    images.put(digest(layout), podman.pull(layout, tag));
  }

  /// Returns the digest of the image in an OCI layout.
  static String digest(Path layout) throws IOException {
    var index = new ObjectMapper().readTree(layout.resolve("index.json").toFile());
    return index.at("/manifests/0/digest").asText();
  }

  /// Takes an image from an OCI layout that objects name by a tag.
  void pull(Path layout, String tag, String name) throws IOException, InterruptedException {
    images.put(name, podman.pull(layout, tag));
  }

  /// Starts a registry that listens at `127.0.0.1:5000` of the network.
  Process startRegistry() throws IOException, InterruptedException {
    var directory = Files.createDirectories(folder.resolve("registry"));
    var file =
        Files.writeString(
            directory.resolve("registry.yml"),
            """
            version: 0.1
            storage: {filesystem: {rootdirectory: "%s"}}
            http: {addr: "127.0.0.1:5000"}
            """
                .formatted(directory.resolve("storage")));
    var log = directory.resolve("registry.log");
    var registry =
        new ProcessBuilder(inside(List.of("docker-registry", "serve", file.toString())))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Patience.until(
        () -> run(Map.of(), "curl", "-sf", "http://127.0.0.1:5000/v2/").exit() == 0,
        () -> "docker-registry does not listen; see " + log);
    return registry;
  }

  /// Pulls the images that the workloads of a chart name, by their digests, from their registry.
  void pull(RenderedChart chart) throws IOException, InterruptedException {
    for (var object : chart.objects()) {
      var image = object.at("/spec/template/spec/containers/0/image").asText();
      var digest = image.substring(image.indexOf('@') + 1);
      if (!image.isEmpty() && !images.containsKey(digest)) {
        var pulled = podman.succeeded("pull", "--quiet", "--tls-verify=false", image);
        images.put(digest, pulled.strip().lines().toList().getLast());
      }
    }
  }

  /// A pod that runs.
  ///
  /// @param name the name of its container
  record Pod(String name, Process process, Path log) {
    String said() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Waits for its end, and returns the exit code of its agent.
    int ended() throws InterruptedException {
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        throw new AssertionError(name + " did not end:\n" + said());
      }
      return process.exitValue();
    }
  }

  /// Starts one pod of a workload.
  ///
  /// @param secrets the folder with the files of the Secret that its join token comes from
  Pod start(RenderedChart chart, String workload, String name, Path secrets) throws IOException {
    var template = template(chart, workload);
    var spec = template.path("spec");
    var container = spec.at("/containers/0");
    var user = spec.at("/securityContext/runAsUser").asInt();
    var words = new ArrayList<>(podman.restrictedTo(user));
    services(chart, template).forEach(alias -> words.addAll(List.of("--network-alias", alias)));
    for (var variable : container.path("env")) {
      words.addAll(List.of("-e", variable.path("name").asText() + "=" + value(chart, variable)));
    }
    folders(spec).forEach(path -> words.addAll(List.of("--tmpfs", path)));
    var key = secretKey(spec);
    if (!key.isEmpty()) {
      var token = folder.resolve("token-" + name);
      Files.copy(secrets.resolve(key), token);
      Files.setAttribute(token, "unix:gid", spec.at("/securityContext/fsGroup").asInt());
      Files.setAttribute(token, "unix:mode", 0440); // what a kubelet makes of 0400 with an fsGroup
      words.addAll(List.of("-v", token + ":/run/testudo/token:ro"));
    }
    var image = container.path("image").asText();
    var id = images.get(image.substring(image.indexOf('@') + 1));
    if (id == null) {
      throw new AssertionError("nobody has pushed " + image);
    }
    words.add(id);
    return start(name, words);
  }

  /// Starts a container in the network of the pods.
  ///
  /// @param words the options of `podman run`, the image and its arguments
  Pod start(String name, List<String> words) throws IOException {
    var all = new ArrayList<>(List.of("--name", name, "--network", NETWORK));
    all.addAll(words);
    var log = Files.createTempFile(folder, name, ".log");
    return new Pod(name, podman.startIn(log, all), log);
  }

  Podman podman() {
    return podman;
  }

  /// Returns the address of a pod; empty if it does not run.
  String address(Pod pod) {
    return podman.address(pod.name(), NETWORK);
  }

  /// Returns the template of a workload's pods.
  private static JsonNode template(RenderedChart chart, String workload) {
    return chart.objects().stream()
        .filter(object -> object.at("/metadata/name").asText().equals(workload))
        .flatMap(
            object ->
                Stream.of("/spec/template", "/spec/jobTemplate/spec/template").map(object::at))
        .filter(template -> template.at("/spec/containers").isArray())
        .findFirst()
        .orElseThrow();
  }

  /// Returns the value of a variable, which a ConfigMap may have.
  private static String value(RenderedChart chart, JsonNode variable) {
    var reference = variable.at("/valueFrom/configMapKeyRef");
    return reference.isObject()
        ? chart
            .one("ConfigMap", reference.path("name").asText())
            .path("data")
            .path(reference.path("key").asText())
            .asText()
        : variable.path("value").asText();
  }

  /// Returns where a pod mounts folders that it may write to. All are empty.
  private static List<String> folders(JsonNode spec) {
    var names = new HashSet<String>();
    for (var volume : spec.path("volumes")) {
      if (volume.has("emptyDir") || volume.has("persistentVolumeClaim")) {
        names.add(volume.path("name").asText());
      }
    }
    var folders = new ArrayList<String>();
    for (var mount : spec.at("/containers/0/volumeMounts")) {
      var path = mount.path("mountPath").asText();
      if (names.contains(mount.path("name").asText()) && !path.equals("/tmp")) {
        folders.add(path);
      }
    }
    return folders;
  }

  /// Returns the Service objects that select the pods of a workload.
  private static List<String> services(RenderedChart chart, JsonNode template) {
    var labels = template.at("/metadata/labels");
    return chart.ofKind("Service").stream()
        .filter(service -> isSelected(labels, service.at("/spec/selector")))
        .map(service -> service.at("/metadata/name").asText())
        .toList();
  }

  private static boolean isSelected(JsonNode labels, JsonNode selector) {
    return selector.properties().stream()
        .allMatch(entry -> entry.getValue().equals(labels.path(entry.getKey())));
  }

  private static String secretKey(JsonNode spec) {
    for (var volume : spec.path("volumes")) {
      if (volume.has("secret")) {
        return volume.at("/secret/items/0/key").asText();
      }
    }
    return "";
  }

  /// Returns the answer of a pod's readiness probe: `ready`, or why it is not; empty if there is
  /// none.
  String probe(Pod pod) {
    return get(pod, PROBE_PORT, "/ready").strip();
  }

  /// Asks a pod over HTTP from outside of the mesh. Returns the answer; empty if there is none.
  String get(Pod pod, int port, String path) {
    var address = address(pod);
    return address.isEmpty()
        ? ""
        : run(
                Map.of(),
                "curl",
                "-s",
                "--max-time",
                "5",
                "http://%s:%d%s".formatted(address, port, path))
            .out();
  }

  /// Asks a pod over HTTPS from outside of the mesh. Returns the answer; empty if there is none.
  ///
  /// @param name the name that the certificate must have
  /// @param authority a file with the certificate of the authority
  String getOverTls(Pod pod, int port, String name, Path authority, String path) {
    return run(
            Map.of(),
            "curl",
            "-sS",
            "--max-time",
            "10",
            "--cacert",
            authority.toString(),
            "--resolve",
            "%s:%d:%s".formatted(name, port, podman.address(pod.name(), NETWORK)),
            "https://%s:%d%s".formatted(name, port, path))
        .out();
  }

  /// Waits until a pod's readiness probe succeeds.
  void awaitReady(Pod pod) throws InterruptedException {
    Patience.until(() -> isReady(pod), pod::said);
  }

  private boolean isReady(Pod pod) {
    if (!pod.process().isAlive()) {
      throw new AssertionError(pod.name() + " has ended:\n" + pod.said());
    }
    return probe(pod).equals("ready");
  }

  /// Ends a pod as a kubelet does: SIGTERM, and later SIGKILL.
  void stop(Pod pod, int graceSeconds) throws IOException, InterruptedException {
    podman.succeeded("stop", "--time", Integer.toString(graceSeconds), pod.name());
  }

  /// Tells a pod to end, and does not wait.
  void terminate(Pod pod) throws IOException, InterruptedException {
    podman.succeeded("kill", "--signal", "TERM", pod.name());
  }

  void kill(Pod pod) throws IOException, InterruptedException {
    podman.succeeded("kill", "--signal", "KILL", pod.name());
  }

  @Override
  public void close() throws IOException {
    podman.close();
    try (var _ = cas) {
      Processes.end(holder);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
