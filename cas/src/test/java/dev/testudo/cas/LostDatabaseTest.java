package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cas.store.postgresql.PostgresCluster;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// CAS when PostgreSQL restarts or is gone.
class LostDatabaseTest {
  @TempDir private Path state;

  private static String session(String name) {
    return "name: %s\nversion: 0.3\n".formatted(name);
  }

  @Test
  @Timeout(300)
  void aRestartOfTheDatabaseIsNotNoticedByCallers() throws Exception {
    try (var cluster = PostgresCluster.start();
        var cas = new TestCas(state, cluster.dialect())) {
      var hash = cas.create(session("before"));
      cluster.down();
      cluster.up();
      assertEquals(hash, cas.create(session("before")));
      cas.create(session("after"));
    }
  }

  @Test
  @Timeout(300)
  void withoutDatabaseCasRefusesWithAnIdAndWorksAgainAfterwards() throws Exception {
    try (var cluster = PostgresCluster.start();
        var cas = new TestCas(state, cluster.dialect())) {
      var hash = cas.create(session("before"));
      cluster.down();
      try (var client = cas.client(cas.owner)) {
        refused("database-unavailable", () -> client.createSession(session("during")));
        refused("database-unavailable", () -> client.readSession("before"));
      }
      cluster.up();
      Eventually.holds(() -> works(cas), () -> "CAS does not recover");
      assertEquals(hash, cas.create(session("before")));
      cas.restart();
    }
  }

  private static boolean works(TestCas cas) {
    try {
      cas.create(session("after"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
