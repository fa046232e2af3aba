package dev.testudo.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A container with an encrypted volume under podman: with the right to mount, or with a node
/// mounter, it keeps its files, and without both does not start. Runs as root.
@Timeout(900)
class VolumesInContainersIT {
  private static final String SECRET = "tell nobody of this";
  private static final int ANY_USER = 12345;
  private static final int MAPPED_ROOT = 100_000;
  private static final int ENVIRONMENT_FAILED = 3;
  private static final String MEMORY = System.getProperty("volume.mib", "128") + "m";
  private static final Pattern CAPABILITIES = Pattern.compile("CapEff:\\s*([0-9a-f]+)");
  private static final long SYS_ADMIN = 1L << 21;

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static ContainerWorkshop workshop;

  @BeforeAll
  static void makeImage() throws IOException, InterruptedException {
    workshop = ContainerWorkshop.in(shared);
    var script =
        """
        #!/bin/sh
        cat /data/kept 2>/dev/null || echo "nothing yet"
        echo "%s" > /data/kept
        sync
        grep CapEff /proc/self/status
        """
            .formatted(SECRET);
    var waiting =
        """
        #!/bin/sh
        /app/run.sh
        while [ ! -e /tmp/stop ]; do sleep 0.2; done
        (sleep 0.5; cat /data/kept) &
        wait
        """;
    var filling =
        """
        #!/bin/sh
        for round in 1 2; do
          for file in 1 2 3 4 5 6; do
            dd if=/dev/urandom of=/data/$file bs=1M count=32 conv=fsync 2>/dev/null || exit 1
          done
          cat /data/* | wc -c
          rm /data/*
        done
        """;
    var files =
        ImageFiles.ofBusybox("sh", "cat", "sync", "grep", "sleep", "touch", "ls", "dd", "rm", "wc")
            .file("/app/fill.sh", filling.getBytes(UTF_8), 0755)
            .file("/app/run.sh", script.getBytes(UTF_8), 0755)
            .file("/app/wait.sh", waiting.getBytes(UTF_8), 0755);
    workshop.layout().image("original", files, List.of("/app/run.sh"), "");
    var measurement = workshop.make("app", "original", "made").measurement();
    for (var name :
        List.of("app", "mapped", "restricted", "small")) { // each has a volume of its own
      workshop.cas().register(session(name, measurement));
    }
  }

  @AfterAll
  static void stop() throws IOException {
    workshop.close();
  }

  private static String session(String name, String measurement) {
    return """
    name: %s
    version: "0.3.12"
    security: {attestation: {tolerate: [software-evidence]}}
    services:
      - name: app
        command: [/app/run.sh]
        environment: {PATH: "/usr/bin:/bin"}
        image_name: files
        attestation: [{mrenclave: "%s", join_token: required}]
      - name: waiting
        command: [/app/wait.sh]
        environment: {PATH: "/usr/bin:/bin"}
        image_name: files
        attestation: [{mrenclave: "%s", join_token: required}]
      - name: filling
        command: [/app/fill.sh]
        environment: {PATH: "/usr/bin:/bin"}
        image_name: files
        attestation: [{mrenclave: "%s", join_token: required}]
    images:
      - name: files
        volumes:
          - {name: data, path: /data}
    volumes:
      - name: data
    """
        .formatted(name, measurement, measurement, measurement);
  }

  private static Podman.Ended run(Path directory, int user, List<String> options)
      throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("--volume", directory + ":/data"));
    all.addAll(options);
    return workshop.run("app/app", user, all, "made");
  }

  @Test
  void itKeepsItsFilesIfTheContainerMayMount() throws Exception {
    var directory = Files.createDirectory(shared.resolve("volume"));
    var mayMount = List.of("--device", "/dev/fuse", "--cap-add", "SYS_ADMIN");
    var first = run(directory, 0, mayMount);
    assertEquals(0, first.exit(), first.said());
    assertTrue(first.out().contains("nothing yet"), first.said());
    for (var file : files(directory)) {
      assertFalse(Files.readString(file, ISO_8859_1).contains(SECRET), file::toString);
    }

    var second = run(directory, 0, mayMount);
    assertEquals(0, second.exit(), second.said());
    assertTrue(second.out().contains(SECRET), second.said());
    var rights = CAPABILITIES.matcher(second.out());
    assertTrue(rights.find(), second.said());
    assertEquals(0, Long.parseLong(rights.group(1), 16) & SYS_ADMIN, second.said());
  }

  /// The memory is for the agent, the program, and what the kernel keeps for both.
  @Test
  void aWriterWorksWithLittleMemory() throws Exception {
    var directory = Files.createDirectory(shared.resolve("small"));
    var options =
        List.of(
            "--volume",
            directory + ":/data",
            "--device",
            "/dev/fuse",
            "--cap-add",
            "SYS_ADMIN",
            "--memory",
            MEMORY,
            "--memory-swap",
            MEMORY);
    var ended = workshop.run("small/filling", 0, options, "made");
    assertEquals(0, ended.exit(), ended.said());
    var all = String.valueOf(6 * (32 << 20));
    assertEquals(List.of(all, all), ended.out().lines().toList());
  }

  /// Root of the container is nobody on the machine, as with `hostUsers: false` of Kubernetes.
  @Test
  void itKeepsItsFilesInAUserNamespaceOfTheContainer() throws Exception {
    var directory = Files.createDirectory(shared.resolve("mapped"));
    Files.setAttribute(directory, "unix:uid", MAPPED_ROOT);
    Files.setAttribute(directory, "unix:gid", MAPPED_ROOT);
    var mapped = "0:%d:65536".formatted(MAPPED_ROOT);
    var device = shared.resolve("fuse").toString(); // everybody may open it, as on most systems
    assertEquals(0, Command.run("mknod", "-m", "0666", device, "c", "10", "229").exit());
    var script = "mount --bind '%s' /dev/fuse; exec \"$@\"".formatted(device);
    var podman =
        Podman.in(
            shared.resolve("podman"), List.of("unshare", "--mount", "sh", "-ec", script, "sh"));
    var options = new ArrayList<>(List.of("--volume", directory + ":/data"));
    options.addAll(List.of("--uidmap", mapped, "--gidmap", mapped));
    options.addAll(List.of("--device", "/dev/fuse", "--cap-add", "SYS_ADMIN"));
    var image = podman.pull(workshop.layout().directory(), "made");
    var words = podman.attested(workshop.cas(), "mapped/app", MAPPED_ROOT, options, image);
    var first = podman.run(words);
    assertEquals(0, first.exit(), first.said());
    var again = podman.attested(workshop.cas(), "mapped/app", MAPPED_ROOT, options, image);
    var second = podman.run(again);
    assertEquals(0, second.exit(), second.said());
    assertTrue(second.out().contains(SECRET), second.said());
    for (var file : files(directory)) {
      assertEquals(MAPPED_ROOT, Files.getAttribute(file, "unix:uid"), file::toString);
    }
  }

  @Test
  void itDoesNotStartIfTheContainerMayNotMount() throws Exception {
    var directory = Files.createDirectory(shared.resolve("untouched"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    var restricted = run(directory, ANY_USER, workshop.podman().restrictedTo(ANY_USER));
    assertEquals(ENVIRONMENT_FAILED, restricted.exit(), restricted.said());
    assertFalse(restricted.out().contains("nothing yet"), restricted.said());
    new Output(restricted.said())
        .hasLine(
            "testudo agent: app/app: volume `data` needs a FUSE mount, and this process may not"
                + " make one; a container needs the device /dev/fuse and, for root, the capability"
                + " SYS_ADMIN; an ordinary user needs a /dev/fuse that it may open; a pod that"
                + " gets neither needs a node mounter (--node-mounter):"
                + " open /dev/fuse: ENOENT");
    try (var files = Files.list(directory)) {
      assertEquals(List.of(), files.toList());
    }
  }

  /// The options of a restricted pod whose volumes a node mounter mounts.
  private static List<String> withMounter(Path socket, Path directory) {
    var options = new ArrayList<>(workshop.podman().restrictedTo(ANY_USER));
    options.addAll(List.of("--volume", directory + ":/run/testudo-volumes/restricted/data"));
    options.addAll(List.of("--mount", "type=tmpfs,destination=/data,tmpfs-mode=0777"));
    options.addAll(List.of("--volume", socket.getParent() + ":/run/testudo"));
    options.addAll(List.of("-e", "TESTUDO_NODE_MOUNTER=/run/testudo/" + socket.getFileName()));
    options.addAll(List.of("-e", "TESTUDO_VOLUMES=/run/testudo-volumes"));
    return options;
  }

  @Test
  void theProgramOfARestrictedContainerKeepsItsFilesAndAShellInItSeesNone() throws Exception {
    var directory = Files.createDirectory(shared.resolve("mounted"));
    Files.setAttribute(directory, "unix:uid", ANY_USER);
    try (var mounter = RunningMounter.start(shared.resolve("node"), "/data")) {
      var image = workshop.podman().pull(workshop.layout().directory(), "made");
      var options = withMounter(mounter.socket(), directory);
      var first = start("restricted/app", "first", options, image);
      assertTrue(Patience.outlasts(first.process()), first::said);
      assertEquals(0, first.process().exitValue(), first::said);
      assertTrue(first.said().contains("nothing yet"), first::said);
      for (var file : files(directory)) {
        assertFalse(Files.readString(file, ISO_8859_1).contains(SECRET), file::toString);
      }

      var second = start("restricted/waiting", "second", options, image);
      Patience.until(() -> second.said().contains("CapEff"), second::said);
      assertTrue(second.said().contains(SECRET), second::said);
      shellSeesNothing("second");
      workshop.podman().succeeded("exec", "second", "touch", "/tmp/stop");
      assertTrue(Patience.outlasts(second.process()), second::said);
      assertEquals(0, second.process().exitValue(), second::said);
      assertEquals(2, second.said().split(SECRET, -1).length - 1, second::said);
    }
  }

  private static void shellSeesNothing(String container) throws Exception {
    var podman = workshop.podman();
    for (var command :
        List.of("cat /data/kept", "ls /data", "cd /data", "echo mine > /data/kept")) {
      var said = podman.succeeded("exec", container, "sh", "-c", command + " 2>&1 || echo refused");
      assertTrue(said.contains("refused"), said);
      assertTrue(said.contains("Permission denied"), said);
      assertFalse(said.contains(SECRET), said);
    }
    // Whose parent has ended is adopted by the agent, as orphans of the program are.
    var orphan = "(sleep 1; cat /data/kept > /tmp/leak 2>&1; touch /tmp/tried) & exit 0";
    podman.succeeded("exec", container, "sh", "-c", orphan);
    var leak =
        podman.succeeded(
            "exec",
            container,
            "sh",
            "-c",
            "while [ ! -e /tmp/tried ]; do sleep 0.2; done; cat /tmp/leak");
    assertTrue(leak.contains("Permission denied"), leak);
    assertFalse(leak.contains(SECRET), leak);
  }

  private record Container(Process process, Path log) {
    String said() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Container start(String service, String name, List<String> options, String image)
      throws IOException {
    var all = new ArrayList<>(List.of("--name", name));
    all.addAll(options);
    var log = shared.resolve(name + ".log");
    var words = workshop.podman().attested(workshop.cas(), service, ANY_USER, all, image);
    return new Container(workshop.podman().start(log, words), log);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      var found = files.toList();
      assertTrue(found.size() > 2, found::toString);
      return found;
    }
  }
}
