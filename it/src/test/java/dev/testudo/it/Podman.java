package dev.testudo.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Podman with runc and a storage of its own. It has the limits and capabilities that this machine
/// permits, and no other configuration.
final class Podman implements AutoCloseable {
  /// What Kubernetes' RuntimeDefault profile does not permit, although podman's own profile does:
  /// calls of newer and older versions of containerd's profile.
  private static final Set<String> NOT_IN_KUBERNETES =
      Set.of(
          "add_key",
          "bpf",
          "chroot",
          "clone",
          "clone3",
          "fsconfig",
          "fsmount",
          "fsopen",
          "fspick",
          "io_uring_enter",
          "io_uring_register",
          "io_uring_setup",
          "kcmp",
          "keyctl",
          "mount",
          "mount_setattr",
          "move_mount",
          "name_to_handle_at",
          "open_by_handle_at",
          "open_tree",
          "perf_event_open",
          "pidfd_getfd",
          "pivot_root",
          "process_vm_readv",
          "process_vm_writev",
          "ptrace",
          "request_key",
          "setns",
          "umount",
          "umount2",
          "unshare",
          "userfaultfd");

  /// All namespaces of clone(2).
  private static final long NAMESPACES = 0x7e02_0000L;

  private static final int ENOSYS = 38;
  private static final int LIMIT_SECONDS = 120;

  private final Path folder;
  private final Path configuration;
  private final Path restricted;

  /// What comes before every command.
  private final List<String> before;

  private Podman(Path folder, List<String> before) {
    this.folder = folder;
    this.before = before;
    this.configuration = folder.resolve("containers.conf");
    this.restricted = folder.resolve("restricted.json");
  }

  static Podman in(Path folder) throws IOException {
    return in(folder, List.of());
  }

  /// Returns a podman whose commands run after the words of `before`.
  static Podman in(Path folder, List<String> before) throws IOException {
    var podman = new Podman(Files.createDirectories(folder), before);
    Files.writeString(
        podman.configuration,
        """
        [containers]
        default_ulimits = ["nofile=20000:20000", "nproc=30000:30000"]
        default_capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", \
        "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]
        default_sysctls = []
        [engine]
        runtime = "runc"
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        # Otherwise /run/libpod, which a reset of another test's podman removes.
        tmp_dir = "%s"
        [network]
        network_config_dir = "%s"
        """
            .formatted(podman.folder.resolve("tmp"), podman.folder.resolve("networks")));
    podman.writeRestricted();
    return podman;
  }

  /// Writes podman's profile without what Kubernetes does not permit.
  private void writeRestricted() throws IOException {
    var json = new ObjectMapper();
    var profile =
        (ObjectNode) json.readTree(Path.of("/usr/share/containers/seccomp.json").toFile());
    var kept = json.createArrayNode();
    for (var rule : profile.withArray("syscalls")) {
      var names = json.createArrayNode();
      rule.get("names").forEach(name -> addUnlessRefused(names, name.asText()));
      if (!names.isEmpty()) {
        ((ObjectNode) rule).set("names", names);
        kept.add(rule);
      }
    }
    kept.add(
        json.readTree(
            """
            {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args":
              [{"index": 0, "value": %d, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]}
            """
                .formatted(NAMESPACES)));
    kept.add(
        json.readTree(
            """
            {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": %d}
            """
                .formatted(ENOSYS)));
    profile.set("syscalls", kept);
    json.writeValue(restricted.toFile(), profile);
  }

  private static void addUnlessRefused(ArrayNode names, String name) {
    if (!NOT_IN_KUBERNETES.contains(name)) {
      names.add(name);
    }
  }

  /// The options of a pod that may do as little as Kubernetes can demand ("restricted").
  List<String> restrictedTo(int user) {
    return List.of(
        "--user",
        user + ":" + user,
        "--passwd=false", // or podman replaces a file of the image
        "--cap-drop",
        "ALL",
        "--security-opt",
        "no-new-privileges",
        "--security-opt",
        "seccomp=" + restricted,
        "--read-only",
        "--read-only-tmpfs=false",
        "--tmpfs",
        "/tmp");
  }

  /// Takes an image from an OCI layout, and returns its id.
  String pull(Path layout, String tag) throws IOException, InterruptedException {
    var lines = succeeded("pull", "--quiet", "oci:" + layout + ":" + tag).strip().lines().toList();
    return lines.getLast();
  }

  /// Takes an image from an archive of an OCI layout, and returns its id.
  String pull(Path archive) throws IOException, InterruptedException {
    return succeeded("pull", "--quiet", "oci-archive:" + archive)
        .strip()
        .lines()
        .toList()
        .getLast();
  }

  /// Returns the words that start a container whose agent shows itself to CAS.
  ///
  /// @param user who may read its join token
  List<String> attested(
      RunningCas cas, String service, int user, List<String> options, String image)
      throws IOException {
    var token = Files.createTempFile(folder, "token", "");
    Files.writeString(token, cas.token(service, 1));
    Files.setAttribute(token, "unix:mode", 0400);
    Files.setAttribute(token, "unix:uid", user);
    var words = new ArrayList<String>();
    words.addAll(List.of("-e", "SCONE_CAS_ADDR=" + cas.address()));
    words.addAll(List.of("-e", "TESTUDO_CAS_KEY=" + cas.key().text()));
    words.addAll(List.of("-e", "SCONE_CONFIG_ID=" + service));
    words.addAll(List.of("-e", "TESTUDO_TOKEN_FILE=/run/token"));
    words.addAll(List.of("-v", token + ":/run/token:ro"));
    words.addAll(options);
    words.add(image);
    return words;
  }

  /// Starts a container.
  ///
  /// @param log what it writes
  Process start(Path log, List<String> words) throws IOException {
    var command = new ArrayList<>(List.of("run", "--rm", "--network", "host"));
    command.addAll(words);
    return builder(command).redirectOutput(log.toFile()).start();
  }

  /// How a container ended.
  ///
  /// @param out what its program wrote to standard output, which has no line of the agent
  /// @param errors what program, agent and podman wrote to standard error
  record Ended(int exit, String out, String errors) {
    String said() {
      return out + errors;
    }
  }

  /// Runs a container to its end.
  Ended run(List<String> words) throws IOException, InterruptedException {
    var out = Files.createTempFile(folder, "container", ".out");
    var errors = Files.createTempFile(folder, "container", ".err");
    var command = new ArrayList<>(List.of("run", "--rm", "--network", "host"));
    command.addAll(words);
    var process =
        builder(command)
            .redirectErrorStream(false)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    var ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    var said = Files.readString(out);
    if (!ended) {
      process.destroyForcibly();
      throw new AssertionError("the container did not end:\n" + said + Files.readString(errors));
    }
    return new Ended(process.exitValue(), said, Files.readString(errors));
  }

  /// Starts a container in the network that its options name.
  ///
  /// @param log what it writes
  Process startIn(Path log, List<String> words) throws IOException {
    var command = new ArrayList<>(List.of("run", "--rm"));
    command.addAll(words);
    return builder(command).redirectOutput(log.toFile()).start();
  }

  /// Returns the address of a container in a network; empty if it has none, or does not run.
  String address(String container, String network) {
    var format = "{{(index .NetworkSettings.Networks \"%s\").IPAddress}}".formatted(network);
    var words = words(List.of("container", "inspect", "--format", format, container));
    var inspected = Command.run(environment(), words);
    return inspected.exit() == 0 ? inspected.out().strip() : "";
  }

  String succeeded(String... words) throws IOException, InterruptedException {
    var log = Files.createTempFile(folder, "podman", ".log");
    var process = builder(List.of(words)).redirectOutput(log.toFile()).start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    var said = Files.readString(log, StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError("podman " + List.of(words) + ":\n" + said);
    }
    return said;
  }

  private Map<String, String> environment() {
    return Map.of("CONTAINERS_CONF", configuration.toString());
  }

  private List<String> words(List<String> words) {
    var command = new ArrayList<>(before);
    command.add("podman");
    command.addAll(List.of("--root", folder.resolve("storage").toString()));
    command.addAll(List.of("--runroot", folder.resolve("run").toString()));
    command.addAll(words);
    return command;
  }

  private ProcessBuilder builder(List<String> words) {
    var builder = new ProcessBuilder(words(words)).redirectErrorStream(true);
    builder.environment().putAll(environment());
    return builder;
  }

  /// Ends all containers and removes the storage.
  @Override
  public void close() throws IOException {
    try {
      succeeded("rm", "--all", "--force", "--time", "0");
      succeeded("rmi", "--all", "--force");
      succeeded("system", "reset", "--force");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
