package dev.testudo.cas;

import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.postgresql.PostgresCluster;
import dev.testudo.cas.store.postgresql.PostgresDatabase;
import dev.testudo.trust.channel.CasException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// CAS when PostgreSQL restarts, is slow or gone, or another server takes over.
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

  @Test
  @Timeout(300)
  void aDatabaseThatIsSlowIsWaitedFor() throws Exception {
    try (var cluster = PostgresCluster.start();
        var cas = new TestCas(state, cluster.dialect());
        var threads = Executors.newCachedThreadPool()) {
      var hash = cas.create(session("before"));
      cluster.pause();
      try {
        var creating = threads.submit(() -> cas.create(session("during")));
        assertThrows(TimeoutException.class, () -> creating.get(2, TimeUnit.SECONDS));
        cluster.resume();
        assertEquals(64, creating.get().length());
      } finally {
        cluster.resume();
      }
      assertEquals(hash, cas.create(session("before")));
    }
  }

  @Test
  @Timeout(300)
  void aStandbyThatTakesOverIsUsedAndHasAllThatWasAcknowledged() throws Exception {
    try (var primary = PostgresCluster.start();
        var standby = primary.standby()) {
      primary.synchronous();
      var url = PostgresCluster.either(primary.schema(), standby);
      try (var cas = new TestCas(state, PostgresDatabase.at(url))) {
        var hash = cas.create(session("before"));
        primary.down();
        standby.promote();
        Eventually.holds(() -> works(cas), () -> "CAS does not use the new primary");
        assertEquals(hash, cas.create(session("before")));
        cas.restart();
        assertEquals(hash, cas.create(session("before")));
      }
    }
  }

  @Test
  @Tag("nightly")
  @Timeout(300)
  void aStandbyThatLacksCommitsIsRefused() throws Exception {
    try (var primary = PostgresCluster.start();
        var standby = primary.standby()) {
      var url = PostgresCluster.either(primary.schema(), standby);
      var cas = new TestCas(state, PostgresDatabase.at(url));
      cas.create(session("before"));
      standby.down();
      cas.create(session("lost"));
      primary.down();
      standby.up();
      standby.promote();
      Eventually.holds(() -> isRefused(cas), () -> "CAS uses a database that lost commits");
      try (var client = cas.client(cas.owner)) {
        assertFalse(client.healthy());
      }
      assertThrows(IOException.class, cas::close);
      var e =
          assertThrows(
              StoreException.class, () -> new TestCas(state, PostgresDatabase.at(url)).close());
      assertEquals(StoreException.Reason.OLDER_DATABASE, e.reason());
    }
  }

  private static boolean isRefused(TestCas cas) {
    try (var client = cas.client(cas.owner)) {
      client.createSession(session("after"));
      throw new AssertionError("created");
    } catch (CasException e) {
      return e.problem().id().equals("internal-error");
    } catch (IOException e) {
      return false;
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
