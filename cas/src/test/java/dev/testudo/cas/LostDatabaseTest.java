package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cas.store.postgresql.PostgresCluster;
import dev.testudo.cas.store.postgresql.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
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

  @Test
  @Timeout(300)
  void aRowThatSomebodyElseKeepsLockedIsNotWaitedForLong() throws Exception {
    var url = PostgresCluster.shared().schema();
    try (var cas = new TestCas(state, PostgresDatabase.at(url));
        var somebody = DriverManager.getConnection(PostgresCluster.withPassword(url))) {
      somebody.setAutoCommit(false);
      try (var lock = somebody.prepareStatement("SELECT one FROM head FOR UPDATE")) {
        lock.execute();
      }
      try (var client = cas.client(cas.owner)) {
        refused("database-unavailable", () -> client.createSession(session("during")));
      }
      somebody.rollback();
      Eventually.holds(() -> works(cas), () -> "CAS does not recover");
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
