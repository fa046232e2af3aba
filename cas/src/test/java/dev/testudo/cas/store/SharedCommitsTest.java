package dev.testudo.cas.store;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.Eventually;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.DiskFullException;
import dev.testudo.cas.store.database.FaultyDatabase;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Transactions that wait for each other share one commit, and none takes another one along.
@Timeout(300)
class SharedCommitsTest {
  private static final int WAITING = 8;

  @TempDir private Path work;
  private final AtomicInteger commits = new AtomicInteger();
  private final Deque<FaultyDatabase.Fault> faults = new ConcurrentLinkedDeque<>();

  private void commit() throws SQLException, StoreException {
    var fault = faults.poll();
    if (fault != null) {
      fault.occur();
    }
    commits.incrementAndGet();
  }

  private StoreOptions options(String product) throws IOException {
    return FaultyDatabase.options(product, this::commit);
  }

  /// Begins a transaction and returns once it holds the store. It ends when `go` is counted down.
  private static Future<?> holding(ExecutorService threads, Store store, CountDownLatch go)
      throws InterruptedException {
    var began = new CountDownLatch(1);
    var holding =
        threads.submit(
            () ->
                store.transact(
                    Optional.empty(),
                    t -> {
                      began.countDown();
                      await(go);
                      t.addSetting("first", Secret.ofText("x"));
                      return Outcome.unlogged(true);
                    }));
    began.await();
    return holding;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Starts transactions that wait for the store; those with an odd number fail in the end.
  private static List<Future<?>> waiting(ExecutorService threads, Store store, boolean oddFail)
      throws InterruptedException {
    var waiting = new ArrayList<Future<?>>();
    var asking = new ArrayList<Thread>();
    for (var i = 0; i < WAITING; i++) {
      var name = "s" + i;
      var fails = oddFail && i % 2 == 1;
      var started = new CountDownLatch(1);
      waiting.add(
          threads.submit(
              () -> {
                synchronized (asking) {
                  asking.add(Thread.currentThread());
                }
                started.countDown();
                return store.transact(
                    Optional.empty(),
                    t -> {
                      t.addSession(new SessionRow(name, 1, name.repeat(8), "me", "name: " + name));
                      if (fails) {
                        throw new IllegalStateException(name);
                      }
                      return Outcome.unlogged(true);
                    });
              }));
      started.await();
    }
    awaitAll(asking);
    return waiting;
  }

  /// Returns once all of the threads wait for the store.
  private static void awaitAll(List<Thread> asking) throws InterruptedException {
    Eventually.holds(
        () -> asking.stream().allMatch(one -> one.getState() == Thread.State.WAITING),
        () -> "not all wait for the store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void thoseWhoWaitShareACommitAndOneThatFailsIsLeftOut(String product) throws Exception {
    var options = options(product);
    try (var directory = StateDirectory.open(work.resolve("state"))) {
      try (var store = Store.open(directory, options, new Health());
          var threads = Executors.newCachedThreadPool()) {
        var go = new CountDownLatch(1);
        var first = holding(threads, store, go);
        var others = waiting(threads, store, true);
        commits.set(0);
        go.countDown();
        first.get();
        for (var i = 0; i < WAITING; i++) {
          var one = others.get(i);
          if (i % 2 == 0) {
            one.get();
          } else {
            var e = assertThrows(ExecutionException.class, one::get);
            assertInstanceOf(IllegalStateException.class, e.getCause());
          }
        }
        assertTrue(commits.get() <= WAITING / 2, () -> commits + " commits");
        check(store);
      }
      try (var store = Store.open(directory, options, new Health())) {
        check(store);
      }
    }
  }

  private static void check(Store store) throws IOException {
    List<String> names = store.read(Transaction::sessions);
    assertEquals(List.of("s0", "s2", "s4", "s6"), names);
    assertEquals(4, store.read(t -> t.held("me")).sessions());
    assertTrue(store.read(t -> t.setting("first")).isPresent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void allOfACommitThatConflictsRunAgain(String product) throws Exception {
    try (var directory = StateDirectory.open(work.resolve("state"));
        var store = Store.open(directory, options(product), new Health());
        var threads = Executors.newCachedThreadPool()) {
      var go = new CountDownLatch(1);
      var first = holding(threads, store, go);
      var others = waiting(threads, store, false);
      faults.add(
          () -> {
            throw FaultyDatabase.conflict();
          });
      go.countDown();
      first.get();
      for (var one : others) {
        one.get();
      }
      assertEquals(WAITING, store.<Integer, RuntimeException>read(t -> t.sessions().size()));
      assertTrue(Files.exists(directory.path().resolve("audit.jsonl")));
    }
  }

  @Test
  void aRefusalBecauseOfWorkThatIsNotCommittedDoesNotLeave() throws Exception {
    try (var directory = StateDirectory.open(work.resolve("state"));
        var store = Store.open(directory, options("sqlite"), new Health());
        var threads = Executors.newCachedThreadPool()) {
      var go = new CountDownLatch(1);
      var first = holding(threads, store, go);
      var refusing = new CompletableFuture<Thread>();
      var second =
          threads.submit(
              () -> {
                refusing.complete(Thread.currentThread());
                return store.transact(
                    Optional.empty(),
                    t -> {
                      if (t.setting("first").isPresent()) {
                        throw new IllegalStateException("there is one already");
                      }
                      return Outcome.unlogged(true);
                    });
              });
      awaitAll(List.of(refusing.get()));
      faults.add(
          () -> {
            throw new SQLException("broken");
          });
      go.countDown();
      assertInstanceOf(StoreException.class, failure(first));
      assertInstanceOf(StoreException.class, failure(second));
      assertTrue(store.<Boolean, RuntimeException>read(t -> t.setting("first").isEmpty()));
    }
  }

  private static Throwable failure(Future<?> one) {
    return requireNonNull(assertThrows(ExecutionException.class, one::get).getCause());
  }

  @Test
  void aQueryDoesNotFailBecauseTheDiskIsFullForOthers() throws Exception {
    try (var directory = StateDirectory.open(work.resolve("state"));
        var store = Store.open(directory, options("sqlite"), new Health())) {
      faults.add(
          () -> {
            throw new DiskFullException("no space");
          });
      assertEquals(Held.NOTHING, store.<Held, RuntimeException>read(t -> t.held("me")));
    }
  }
}
