package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.testudo.cas.store.postgresql.PostgresCluster;
import dev.testudo.trust.channel.CasException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// CAS on a PostgreSQL server whose disk gets full.
class FullPostgresPrivilegedTest {
  @TempDir private Path work;
  private final List<String> stored = new ArrayList<>();

  private static void run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).inheritIO().start();
    process.waitFor(60, TimeUnit.SECONDS);
    assertEquals(0, process.exitValue(), () -> Arrays.toString(command));
  }

  private static String session(String name) {
    return TestCas.showing(name, "x", "") + "# " + "x".repeat(200_000) + "\n";
  }

  private void create(TestCas cas) throws IOException {
    var name = "s" + stored.size();
    cas.create(session(name));
    stored.add(name);
  }

  private boolean creates(TestCas cas) {
    try {
      create(cas);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void createUntilFull(TestCas cas) throws IOException {
    while (stored.size() < 1000) {
      try {
        create(cas);
      } catch (CasException e) {
        assertEquals("disk-full", e.problem().id(), e.problem().text());
        return;
      }
    }
  }

  private void assertWhole(TestCas cas) throws IOException {
    try (var client = cas.client(cas.owner)) {
      for (var name : stored) {
        assertEquals(session(name), client.readSession(name).yaml());
      }
      refused("unknown-session", () -> client.readSession("s" + stored.size()));
    }
  }

  @Test
  @Timeout(300)
  void aFullDiskOfTheServerIsToldAndNothingAcknowledgedIsLost() throws Exception {
    var disk = Files.createDirectory(work.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=16m,mode=755", "none", disk.toString());
    try (var cluster = PostgresCluster.start()) {
      var tables = Files.createDirectory(disk.resolve("tables"));
      run("chmod", "-R", "a+x", work.toString());
      cluster.keepTablesIn(tables);
      try (var cas = new TestCas(work.resolve("state"), cluster.dialect())) {
        create(cas);
        createUntilFull(cas);
        assertFalse(stored.size() >= 1000, "the disk does not get full");
        run("mount", "-o", "remount,size=64m", disk.toString());
        Eventually.holds(() -> creates(cas), () -> "CAS does not recover");
        assertWhole(cas);
        cas.restart();
        assertWhole(cas);
      }
    } finally {
      run("umount", "-l", disk.toString());
    }
  }
}
