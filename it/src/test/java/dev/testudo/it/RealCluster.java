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
import java.util.List;
import java.util.Map;

/// Kubernetes with one node, and a registry beside it, in namespaces of their own. See
/// `it/cluster/README.md`.
final class RealCluster implements AutoCloseable {
  /// The address of the node, which pods reach.
  static final String NODE = "10.97.0.1";

  static final String REGISTRY = "127.0.0.1:5000";

  private static final Path SCRIPTS = Command.ROOT.resolve("it/cluster");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path programs;
  private final Path directory;
  private final Process process;

  private RealCluster(Path programs, Path directory) throws IOException {
    this.programs = programs;
    this.directory = directory;
    var words = List.of(script("start"), programs.toString(), directory.toString());
    process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var line = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (!"ready".equals(line)) {
      throw new AssertionError("the cluster did not start; see " + directory.resolve("log"));
    }
  }

  /// Starts a cluster.
  ///
  /// @param programs the directory that `it/cluster/build` printed
  static RealCluster in(Path programs, Path directory) throws IOException {
    return new RealCluster(programs, Files.createDirectories(directory));
  }

  private static String script(String name) {
    return SCRIPTS.resolve(name).toString();
  }

  /// Returns the words of a command that runs on the node.
  List<String> onNode(List<String> words) {
    try {
      var pid = Files.readString(directory.resolve("pid")).strip();
      var all = new ArrayList<>(List.of("nsenter", "-m", "-n", "-p", "-t", pid));
      all.addAll(words);
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a command on the node.
  Command run(Map<String, String> environment, List<String> words) {
    return Command.run(environment, onNode(words));
  }

  private Map<String, String> administrator() {
    return Map.of("KUBECONFIG", directory.resolve("admin.conf").toString());
  }

  /// Runs kubectl as the administrator.
  Command kubectl(String... words) {
    var all = new ArrayList<>(List.of(programs.resolve("kubectl").toString()));
    all.addAll(List.of(words));
    return run(administrator(), all);
  }

  /// Runs kubectl, which must succeed, and returns what it printed.
  String done(String... words) {
    var result = kubectl(words);
    assertEquals(0, result.exit(), () -> String.join(" ", words) + "\n" + result.all());
    return result.out().strip();
  }

  /// Reads objects of the cluster.
  JsonNode read(String... words) {
    var all = new ArrayList<>(List.of("get", "-o", "json"));
    all.addAll(List.of(words));
    try {
      return JSON.readTree(done(all.toArray(String[]::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs Helm, which must succeed.
  String helm(String... words) {
    var all = new ArrayList<>(HelmCommand.words());
    all.addAll(List.of(words));
    var result = run(administrator(), all);
    assertEquals(0, result.exit(), result::all);
    return result.out();
  }

  /// Pushes an image to the registry of the cluster.
  ///
  /// @param archive of an OCI layout
  /// @param name with its tag
  void push(Path archive, String name) {
    var target = "docker://%s/%s".formatted(REGISTRY, name);
    var words =
        List.of("skopeo", "copy", "--dest-tls-verify=false", "oci-archive:" + archive, target);
    var result = run(Map.of(), words);
    assertEquals(0, result.exit(), result::all);
  }

  /// Makes a volume of the node for the next claim.
  ///
  /// @param user who owns it, because kubelets do not change directories of their node
  void volume(String name, int user) throws IOException {
    var folder = Files.createDirectories(directory.resolve("volumes").resolve(name));
    Files.setAttribute(folder, "unix:uid", user);
    Files.setAttribute(folder, "unix:gid", user);
    var file =
        Files.writeString(
            directory.resolve(name + ".yaml"),
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: %s}
            spec:
              capacity: {storage: 2Gi}
              accessModes: [ReadWriteOnce]
              hostPath: {path: "%s"}
            """
                .formatted(name, folder));
    done("apply", "-f", file.toString());
  }

  /// Waits until as many pods are ready as a workload wants.
  ///
  /// @param workload such as `deployment/web`
  void awaitRollout(String workload) {
    var result = kubectl("rollout", "status", workload, "--timeout=180s");
    assertEquals(0, result.exit(), () -> result.all() + "\n" + story());
  }

  /// Fetches a page with a request from the node. Returns the answer; empty if there is none.
  String get(String url) {
    return run(Map.of(), List.of("curl", "-s", "--max-time", "5", url)).out();
  }

  /// Sends SIGKILL to all processes of the cluster whose command line contains `words`.
  void killAll(String words) {
    var result = run(Map.of(), List.of("pkill", "-KILL", "-f", "--", words));
    assertEquals(0, result.exit(), () -> "no process has " + words);
  }

  /// What happened to the pods, for messages.
  String story() {
    return kubectl("get", "pods", "-o", "wide").all()
        + kubectl("get", "events", "--sort-by=.lastTimestamp").all()
        + kubectl("logs", "--prefix", "--tail=20", "--selector=app.kubernetes.io/part-of").all();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      Patience.outlasts(process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
