package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.audit.AuditVerdict;
import dev.testudo.trust.channel.CasException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// CAS on a small file system of its own that gets full.
class FullDiskPrivilegedTest {
  @TempDir private Path temporary;
  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final List<String> stored = new ArrayList<>();
  private Path disk;

  private final Handler listening =
      new Handler() {
        @Override
        public void publish(LogRecord message) {
          if (String.valueOf(message.getMessage()).startsWith("health=")) {
            logged.add(
                message.getParameters() == null ? "" : String.valueOf(message.getParameters()[0]));
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void prepare() throws IOException {
    disk = Files.createDirectory(temporary.resolve("disk"));
    Logger.getLogger("").addHandler(listening);
  }

  @AfterEach
  void unmount() throws IOException {
    Logger.getLogger("").removeHandler(listening);
    // Lazily, because this JVM may have loaded the driver's library from there.
    run("umount", "-l", disk.toString());
  }

  private static void run(String... command) throws IOException {
    try {
      assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void mount(String size) throws IOException {
    run("mount", "-t", "tmpfs", "-o", "size=" + size, "none", disk.toString());
  }

  private void resize(String size) throws IOException {
    run("mount", "-o", "remount,size=" + size, disk.toString());
  }

  private static String session(String name) {
    return TestCas.showing(name, "x", "") + "# " + "x".repeat(200_000) + "\n";
  }

  private void createUntilFull(TestCas cas) throws IOException {
    for (var i = 0; ; i++) {
      var name = "s" + i;
      try {
        cas.create(session(name));
        stored.add(name);
      } catch (CasException e) {
        assertEquals("disk-full", e.problem().id(), e.problem().text());
        assertEquals(507, e.status());
        return;
      }
    }
  }

  private static boolean healthy(TestCas cas) {
    try (var client = cas.client(cas.owner)) {
      return client.healthy();
    }
  }

  private static void awaitHealthy(TestCas cas) throws Exception {
    Eventually.holds(() -> healthy(cas), () -> "still not healthy");
  }

  /// Asserts that every acknowledged session exists, and that the log describes exactly those.
  private void assertWhole(TestCas cas, Path state) throws IOException {
    try (var client = cas.client(cas.owner)) {
      for (var name : stored) {
        assertEquals(session(name), client.readSession(name).yaml());
      }
      refused("unknown-session", () -> client.readSession("s" + stored.size()));
    }
    var key = cas.server().keyHash();
    cas.close();
    var log = state.resolve("audit.jsonl");
    assertEquals(List.of(), AuditVerdict.of(log, key, Optional.empty()).problems());
    assertEquals(stored.size(), AuditLog.of(state, "session-stored").size());
  }

  @Test
  void aFullDiskIsSaidOnceAndAllIsRightAgainWhenThereIsSpace() throws Exception {
    mount("24m");
    var state = disk.resolve("state");
    var cas = new TestCas(state);
    assertTrue(healthy(cas));
    createUntilFull(cas);
    assertFalse(healthy(cas));
    refused("disk-full", () -> cas.create(session("later")));
    // What is stored can still be read, with the help of the reserve, and the log records it.
    assertEquals("x", cas.shown("s0"));
    try (var client = cas.client(cas.owner)) {
      assertEquals(session("s1"), client.readSession("s1").yaml());
    }
    assertEquals(List.of("disk-full"), List.copyOf(logged));
    resize("64m");
    awaitHealthy(cas);
    cas.create(session("s" + stored.size()));
    stored.add("s" + stored.size());
    assertWhole(cas, state);
    assertEquals(1, AuditLog.of(state, "attested").size());
    assertFalse(logged.contains("database-failed"), logged.toString());
  }

  @Test
  void withoutAReserveNothingIsGivenOutThatCannotBeLogged() throws Exception {
    mount("2m");
    var state = disk.resolve("state");
    var cas = new TestCas(state);
    createUntilFull(cas);
    assertFalse(healthy(cas));
    // Use up the little space that is left for the smaller audit events of reads.
    var delivered = 0;
    try (var client = cas.client(cas.owner)) {
      for (; delivered < 20_000; delivered++) {
        client.readSession("s0");
      }
    } catch (CasException e) {
      assertEquals("disk-full", e.problem().id());
    }
    resize("64m");
    awaitHealthy(cas);
    assertEquals("x", cas.shown("s0"));
    assertWhole(cas, state);
    assertEquals(delivered + stored.size(), AuditLog.of(state, "session-read").size());
  }

  @Test
  void aBackupThatDoesNotFitLeavesNothingAndNamesItsFile() throws IOException {
    mount("16k");
    var state = temporary.resolve("state");
    try (var cas = new TestCas(state)) {
      cas.create(session("a"));
      assertBackupFails(state);
    }
    assertBackupFails(state);
    try (var left = Files.list(state)) {
      assertEquals(
          List.of(), left.filter(f -> f.getFileName().toString().startsWith("backup")).toList());
    }
  }

  private void assertBackupFails(Path state) throws IOException {
    var target = disk.resolve("backup");
    var err = new ByteArrayOutputStream();
    var exit =
        ServeCommand.run(
            List.of("backup", "--state", state.toString(), "--to", target.toString()),
            Map.of(),
            InputStream.nullInputStream(),
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            new PrintStream(err, true, UTF_8),
            _ -> {});
    assertEquals(3, exit, err.toString(UTF_8));
    assertTrue(err.toString(UTF_8).contains(target.toString()), err.toString(UTF_8));
    try (var files = Files.list(disk)) {
      assertEquals(List.of(), files.toList());
    }
  }
}
