package dev.testudo.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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

/// A container with an encrypted volume under podman: with the right to mount it keeps its files,
/// and without it does not start. Runs as root.
@Timeout(900)
class VolumesInContainersIT {
  private static final String SECRET = "tell nobody of this";
  private static final int ANY_USER = 12345;
  private static final int MAPPED_ROOT = 100_000;
  private static final int ENVIRONMENT_FAILED = 3;
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
    var files =
        ImageFiles.ofBusybox("sh", "cat", "sync", "grep")
            .file("/app/run.sh", script.getBytes(UTF_8), 0755);
    workshop.layout().image("original", files, List.of("/app/run.sh"), "");
    workshop.cas().register(session(workshop.make("app", "original", "made").measurement()));
  }

  @AfterAll
  static void stop() throws IOException {
    workshop.close();
  }

  private static String session(String measurement) {
    return """
    name: app
    version: "0.3.12"
    security: {attestation: {tolerate: [software-evidence]}}
    services:
      - name: app
        command: [/app/run.sh]
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
        .formatted(measurement);
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
    var words = podman.attested(workshop.cas(), "app/app", MAPPED_ROOT, options, image);
    var first = podman.run(words);
    assertEquals(0, first.exit(), first.said());
    var again = podman.attested(workshop.cas(), "app/app", MAPPED_ROOT, options, image);
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
                + " SYS_ADMIN; an ordinary user needs a /dev/fuse that it may open:"
                + " open /dev/fuse: ENOENT");
    try (var files = Files.list(directory)) {
      assertEquals(List.of(), files.toList());
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      var found = files.toList();
      assertTrue(found.size() > 2, found::toString);
      return found;
    }
  }
}
