package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Encrypted volumes on other file systems, with little memory, and of an ordinary user. Needs
// root.
@Timeout(900)
class VolumePlacesIT {
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final int ORDINARY = 65534;

  /// Version 1 of cgroups has a hierarchy for memory. In version 2 there is only one.
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private static final Path MEMORY = CGROUPS.resolve("memory");

  @TempDir private Path folder;
  private VolumeWorkshop workshop;

  @BeforeEach
  void startCas() throws IOException {
    Files.setAttribute(folder, "unix:mode", 0755);
    workshop = VolumeWorkshop.in(folder.resolve("work"), LEASE);
    workshop.services("", Map.of("small", "/app/fill.py, '4'", "large", "/app/fill.py, '100'"));
    Files.createDirectories(workshop.stored("small"));
    Files.createDirectories(workshop.stored("large"));
  }

  @AfterEach
  void stopCas() throws IOException {
    workshop.close();
  }

  private static void run(String... words) {
    var ended = Command.run(words);
    assertEquals(0, ended.exit(), ended.all());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  @Tag("nightly")
  void aDiskThatGetsFullCanBeEmptied(String type) throws Exception {
    var stored = workshop.stored("large").toString();
    if (type.equals("tmpfs")) {
      run("mount", "-t", "tmpfs", "-o", "size=48m", "testudo", stored);
    } else {
      var image = folder.resolve("disk").toString();
      run("truncate", "--size=64M", image);
      run("mkfs.ext4", "-q", "-m", "0", image);
      run("mount", "-o", "loop", image, stored);
    }
    try {
      var agent = workshop.start("large");
      assertEquals(0, agent.awaitEnd(), agent::output);
      var wrote = agent.lines().stream().filter(line -> line.startsWith("wrote ")).toList();
      assertEquals(2, wrote.size(), agent::output);
      assertTrue(wrote.stream().allMatch(line -> line.endsWith(", full")), agent::output);
    } finally {
      workshop.close();
      run("umount", "--lazy", stored);
    }
  }

  @Test
  void anOrdinaryUserInItsOwnNamespaceHasAVolume() throws Exception {
    Files.setAttribute(workshop.stored("small"), "unix:uid", ORDINARY);
    var devices = Files.createDirectory(folder.resolve("dev"));
    var script =
        """
        mount -t tmpfs testudo "$1" && mknod -m 0666 "$1/fuse" c 10 229 && mount --bind "$1/fuse" /dev/fuse
        shift
        exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
        """;
    var by =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-ec",
            script,
            "sh",
            devices.toString(),
            "unshare",
            "--user",
            "--map-current-user",
            "--keep-caps",
            "--mount");
    var agent = workshop.start("small", by);
    agent.awaitLine(line -> line.startsWith("wrote "));
    // The kernel gives root what belongs to a process that leaves no core file and that nobody may
    // trace (proc(5)).
    var process = Path.of("/proc", Long.toString(agent.agent().pid()));
    assertNotEquals(ORDINARY, Files.getAttribute(process.resolve("status"), "unix:uid"));
    assertEquals(0, agent.awaitEnd(), agent::output);
  }

  /// The memory is for the agent, the program, and what the kernel keeps for both. With 128 MiB the
  /// kernel ends the agent.
  @Test
  @Tag("nightly")
  void aWriterWorksWithLittleMemory() throws Exception {
    boolean isFirst = Files.isDirectory(MEMORY);
    var group =
        Files.createDirectory(
            (isFirst ? MEMORY : CGROUPS).resolve("testudo-" + ProcessHandle.current().pid()));
    try {
      Files.writeString(
          group.resolve(isFirst ? "memory.limit_in_bytes" : "memory.max"),
          Integer.getInteger("volume.mib", 192) + "M");
      var script = "echo $$ > '%s/cgroup.procs'; exec \"$@\"".formatted(group);
      var agent = workshop.start("large", List.of("unshare", "--mount", "sh", "-ec", script, "sh"));
      assertEquals(0, agent.awaitEnd(), agent::output);
    } finally {
      workshop.close();
      Patience.until(() -> group.toFile().delete() || !Files.exists(group), () -> "still there");
    }
  }
}
