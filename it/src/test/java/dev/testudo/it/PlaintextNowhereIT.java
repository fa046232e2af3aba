package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Neither the key of a volume nor what a program writes to it is in files, logs, arguments or
/// environments. Needs root.
@Timeout(900)
class PlaintextNowhereIT {
  private static final String PLAINTEXT = "a secret that nobody else reads";
  private static final List<String> NAMES = List.of("/data/db", "db-wal");
  private static final byte[] KEY = HexFormat.of().parseHex("5a17c3e9".repeat(8));

  @TempDir private Path folder;

  @Test
  void neitherKeyNorPlaintextIsOutsideTheProgram() throws Exception {
    try (var workshop = VolumeWorkshop.in(folder.resolve("work"), Duration.ofSeconds(60))) {
      var tag = create(workshop.stored("notes"));
      workshop.services(
          "fspf_key: %s, fspf_tag: %s".formatted(HexFormat.of().formatHex(KEY), tag),
          Map.of("notes", "/app/load.py, sqlite"));
      var agent = workshop.start("notes");
      Patience.until(
          () -> {
            assertTrue(agent.isAlive(), agent::output);
            return agent.lastNumber().orElse(0) > 100;
          },
          agent::output);
      assertNowhereInProcesses();
      assertNotMountedForOthers(agent);
      agent.signal("TERM");
      assertEquals(0, agent.awaitEnd(), agent::output);
    }
    assertNowhereInFiles();
  }

  /// Makes a volume with the known key; returns its tag.
  private String create(Path directory) throws IOException {
    var key = folder.resolve("key");
    Files.writeString(key, HexFormat.of().formatHex(KEY) + "\n");
    Files.setAttribute(key, "unix:mode", 0600);
    Files.createDirectories(directory);
    var from = Files.createDirectory(folder.resolve("from"));
    Files.setAttribute(from, "unix:mode", 01777); // the program is no root
    var made =
        Command.testudo(
            "volume",
            "create",
            "--key-file",
            key.toString(),
            "--from",
            from.toString(),
            "--name",
            "notes",
            directory.toString());
    assertEquals(0, made.exit(), made.all());
    Files.delete(key);
    var tag = made.out().lines().filter(line -> line.contains("fspf_tag: ")).findFirst();
    return tag.orElseThrow(() -> new AssertionError(made.all())).replaceFirst(".*: ", "");
  }

  private static List<byte[]> secrets() {
    return List.of(
        PLAINTEXT.getBytes(StandardCharsets.US_ASCII),
        KEY,
        HexFormat.of().formatHex(KEY).getBytes(StandardCharsets.US_ASCII),
        HexFormat.of().withUpperCase().formatHex(KEY).getBytes(StandardCharsets.US_ASCII));
  }

  /// What others see of a process in proc(5).
  private static void assertNowhereInProcesses() throws IOException {
    var processes = ProcessHandle.allProcesses().map(ProcessHandle::pid).toList();
    int seen = 0;
    for (var pid : processes) {
      for (var name : List.of("cmdline", "environ", "mountinfo", "maps")) {
        var file = Path.of("/proc", pid.toString(), name);
        try {
          seen++;
          assertNowhereIn(file, Files.readAllBytes(file));
        } catch (IOException e) {
          seen--; // it has ended, or is a thread of the kernel
        }
      }
    }
    assertTrue(seen > 10);
  }

  private static void assertNotMountedForOthers(RunningAgent agent) throws IOException {
    for (var pid : List.of(ProcessHandle.current().pid(), agent.agent().pid())) {
      var mounts = Files.readString(Path.of("/proc", Long.toString(pid), "mountinfo"));
      assertTrue(
          mounts.lines().noneMatch(line -> line.contains(" /data ")), () -> "mounted for " + pid);
    }
  }

  /// All that was written: the directory of the volume, the state of CAS and its log, what agent
  /// and program printed.
  private void assertNowhereInFiles() throws IOException {
    var checked = new ArrayList<Path>();
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().contains("/image/")) { // the program itself has its plaintext
          var content = Files.readAllBytes(file);
          assertNowhereIn(file, content);
          if (file.toString().contains("/volumes/")) {
            for (var name : NAMES) {
              assertAbsent(file, content, name.getBytes(StandardCharsets.US_ASCII));
            }
          }
          checked.add(file);
        }
      }
    }
    assertTrue(checked.size() > 8, checked::toString);
  }

  private static void assertNowhereIn(Path place, byte[] content) {
    for (var secret : secrets()) {
      assertAbsent(place, content, secret);
    }
  }

  private static void assertAbsent(Path place, byte[] content, byte[] wanted) {
    var text = new String(content, StandardCharsets.ISO_8859_1);
    assertTrue(
        !text.contains(new String(wanted, StandardCharsets.ISO_8859_1)), () -> "found in " + place);
  }
}
