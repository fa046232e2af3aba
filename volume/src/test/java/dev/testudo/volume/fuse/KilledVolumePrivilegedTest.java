package dev.testudo.volume.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The process that serves a volume is killed. Needs root.
@Timeout(300)
class KilledVolumePrivilegedTest {
  @TempDir private Path folder;

  /// Starts a server in a mount namespace of its own.
  private Process serve(Path top) throws Exception {
    var words =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                VolumeProgram.class.getName(),
                folder.resolve("stored").toString(),
                top.toString()));
    var server = new ProcessBuilder(words).redirectErrorStream(true).start();
    assertEquals("ready", server.inputReader().readLine());
    return server;
  }

  private static String classPath() {
    return String.join(
        ":",
        Path.of("target/classes").toAbsolutePath().toString(),
        Path.of("target/test-classes").toAbsolutePath().toString(),
        System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path"));
  }

  /// Runs a Python program where the server's mount is seen.
  private static Map<String, Object> python(Process server, Path top, String script)
      throws Exception {
    var process =
        new ProcessBuilder(
                "nsenter",
                "--mount",
                "--target",
                Long.toString(server.pid()),
                "/usr/bin/python3",
                "-c",
                "import os, sys, errno\nos.chdir('%s')\n".formatted(top) + script)
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return Map.of("exit", process.exitValue(), "said", said.strip());
  }

  @Test
  void whatWasSyncedIsThereAfterTheServerWasKilledManyTimes() throws Exception {
    var top = Files.createDirectory(folder.resolve("top"));
    for (var round = 0; round < 4; round++) {
      var server = serve(top);
      try {
        var checked =
            python(
                server,
                top,
                """
                round = %d
                for i in range(round):
                  assert open('synced-%%d' %% i).read() == 'text' * 9000 + str(i), i
                  assert os.stat('d%%d/linked' %% i).st_nlink == 2, i
                f = open('synced-%%d' %% round, 'w')
                f.write('text' * 9000 + str(round))
                f.flush()
                os.mkdir('d%%d' %% round)
                os.link(f.name, 'd%%d/linked' %% round)
                os.fsync(f.fileno())
                open('unsynced-%%d' %% round, 'w').write('maybe')
                print('synced')
                """
                    .formatted(round));
        assertEquals(Map.of("exit", 0, "said", "synced"), checked);
      } finally {
        server.destroyForcibly();
        assertTrue(server.waitFor(30, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void whatWasWrittenIsThereAfterAnOrderlyEndAndNothingOfItIsInTheStoredFiles() throws Exception {
    var top = Files.createDirectory(folder.resolve("top"));
    var server = serve(top);
    try {
      python(server, top, "open('PLAINNAME', 'w').write('PLAINTEXT' * 100000)");
      server.getOutputStream().close();
      assertEquals("Unmounted[]", server.inputReader().readLine());
      assertEquals("Optional[Unmounted[]]", server.inputReader().readLine());
      assertTrue(server.waitFor(30, TimeUnit.SECONDS));
    } finally {
      server.destroyForcibly();
    }
    var grep =
        new ProcessBuilder("grep", "-raE", "PLAIN(NAME|TEXT)", folder.resolve("stored").toString());
    assertEquals(1, grep.start().waitFor());
    try (var volume = new OnVolume(folder, DiskStore.open(folder.resolve("stored")))) {
      assertEquals("900000", volume.sh("stat -c %s PLAINNAME"));
    }
  }
}
