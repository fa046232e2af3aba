package dev.testudo.cas.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.FaultyDatabase;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A query answers from what is committed, whatever transactions do meanwhile.
@Timeout(300)
class ReadsDoNotWaitTest {

  @TempDir private Path work;
  private final AtomicBoolean hold = new AtomicBoolean();
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  /// Keeps one commit open until the test lets it go.
  private void commit() {
    if (hold.compareAndSet(true, false)) {
      held.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private StoreOptions options(String product) throws IOException {
    return FaultyDatabase.options(product, this::commit);
  }

  private static boolean add(Store store, String name, long revision) throws IOException {
    return store.transact(
        Optional.empty(),
        t -> {
          t.addSession(row(name, revision));
          return Outcome.of(true, new AuditEvent.SessionRead(name, "h"));
        });
  }

  private static SessionRow row(String name, long revision) {
    return new SessionRow(name, revision, name.repeat(8) + revision, "me", "name: " + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void aQueryAnswersWhileACommitIsHeldOpen(String product) throws Exception {
    try (var directory = StateDirectory.open(work.resolve("state"));
        var store = Store.open(directory, options(product), new Health());
        var threads = Executors.newCachedThreadPool()) {
      assertTrue(add(store, "a", 1));
      hold.set(true);
      var writing = threads.submit(() -> add(store, "b", 1));
      try {
        held.await();
        List<String> names = store.read(Transaction::sessions);
        assertEquals(List.of("a"), names);
        assertEquals(Optional.of(row("a", 1)), store.read(t -> t.activeSession("a")));
        assertEquals(List.of(), store.ofRequest("0000000000000000"));
        assertFalse(writing.isDone());
      } finally {
        go.countDown();
      }
      writing.get();
      List<String> names = store.read(Transaction::sessions);
      assertEquals(List.of("a", "b"), names);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void aQuerySeesAllOfATransactionOrNothing(String product) throws Exception {
    try (var directory = StateDirectory.open(work.resolve("state"));
        var store = Store.open(directory, options(product), new Health());
        var threads = Executors.newCachedThreadPool()) {
      var stop = new AtomicBoolean();
      var writing =
          threads.submit(
              () -> {
                for (var i = 1L; i <= 200 && !stop.get(); i++) {
                  var revision = i;
                  store.transact(
                      Optional.empty(),
                      t -> {
                        t.addSession(row("a", revision));
                        t.addSession(row("b", revision));
                        return Outcome.unlogged(true);
                      });
                }
                return true;
              });
      try {
        while (!writing.isDone()) {
          var both =
              store.<List<Optional<Long>>, RuntimeException>read(
                  t -> List.of(revision(t, "a"), revision(t, "b")));
          assertEquals(both.getFirst(), both.getLast());
        }
      } finally {
        stop.set(true);
      }
      assertTrue(writing.get());
      assertEquals(Optional.of(200L), store.read(t -> revision(t, "a")));
    }
  }

  private static Optional<Long> revision(Transaction transaction, String name) throws IOException {
    return transaction.activeSession(name).map(SessionRow::revision);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void whatNeedsATransactionRunsAsOne(String product) throws Exception {
    try (var directory = StateDirectory.open(work.resolve("state"));
        var store = Store.open(directory, options(product), new Health())) {
      assertTrue(add(store, "a", 1));
      assertEquals(1, store.read(t -> t.held("me")).sessions());
      var runs = new CountDownLatch(2);
      store.read(
          t -> {
            runs.countDown();
            t.addSetting("s", Secret.ofText("x"));
            return true;
          });
      assertEquals(0, runs.getCount());
      assertTrue(store.read(t -> t.setting("s")).isPresent());
    }
  }

  @Test
  void aQueryRefusesADatabaseThatIsOlderThanWhatWasCommitted() throws Exception {
    try (var directory = StateDirectory.open(work.resolve("state"));
        var store = Store.open(directory, options("sqlite"), new Health());
        var other =
            DriverManager.getConnection("jdbc:sqlite:" + directory.path().resolve("cas.db"));
        var statement = other.createStatement()) {
      assertTrue(add(store, "a", 1));
      statement.execute("CREATE TEMP TABLE old AS SELECT sealed FROM head");
      assertTrue(add(store, "a", 2));
      statement.execute("UPDATE head SET sealed = (SELECT sealed FROM old)");
      var e = assertThrows(StoreException.class, () -> store.read(t -> t.activeSession("a")));
      assertEquals(StoreException.Reason.OLDER_DATABASE, e.reason());
    }
  }
}
