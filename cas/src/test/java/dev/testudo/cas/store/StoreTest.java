package dev.testudo.cas.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.seal.Sealer;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import dev.testudo.trust.files.OwnedException;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final StoreOptions OPTIONS =
      new StoreOptions(RANDOM, () -> Instant.EPOCH, 1 << 20, false, SqliteDatabase::open);
  private static final SessionRow FIRST = new SessionRow("a", 1, "11".repeat(32), "me", "name: a");

  @TempDir private Path temporary;

  private Path state() {
    return temporary.resolve("state");
  }

  private <R> R within(Store.Reading<R, RuntimeException> work) throws IOException {
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, OPTIONS, new Health())) {
      return store.transact(Optional.empty(), t -> Outcome.unlogged(work.in(t)));
    }
  }

  private void change(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + state().resolve("cas.db"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private boolean addFirst(Transaction transaction) throws IOException {
    transaction.addSession(FIRST);
    transaction.use(FIRST, transaction.addSecret("a", "p", Secret.ofText("hunter2hunter2")));
    transaction.use(FIRST, transaction.addSecret("a", "q", Secret.ofText("swordfishsword")));
    return true;
  }

  @Test
  void keepsWhatWasCommitted() throws IOException {
    assertTrue(within(this::addFirst));
    assertEquals(Optional.of(FIRST), within(t -> t.activeSession("a")));
    assertEquals(Optional.of(FIRST), within(t -> t.session("a", FIRST.hash())));
    assertEquals(Optional.empty(), within(t -> t.session("a", "22".repeat(32))));
    var secrets = within(t -> t.secrets(FIRST));
    assertEquals(List.of("p", "q"), secrets.stream().map(SecretRow::name).sorted().toList());
    assertEquals(1, within(Transaction::countSessions));
  }

  @Test
  void whatIsNotAtHandIsMadeWhileOthersUseTheStoreAndNothingOfTheFirstTryRemains()
      throws Exception {
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, OPTIONS, new Health());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var others = new ArrayList<Long>();
      var sessions =
          store.transact(
              Optional.empty(),
              t -> {
                addFirst(t);
                if (others.isEmpty()) {
                  throw new NotAtHand(() -> others.add(inAnother(threads, store)));
                }
                return Outcome.unlogged(t.countSessions());
              });
      assertEquals(List.of(0L), others, "what another saw meanwhile");
      assertEquals(1L, sessions);
    }
  }

  private static long inAnother(ExecutorService threads, Store store) {
    try {
      return threads.submit(() -> store.read(Transaction::countSessions)).get(60, SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the store is held", e);
    }
  }

  @Test
  void whatIsNeverAtHandIsMadeInTheTransaction() throws IOException {
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, OPTIONS, new Health())) {
      var tries = new AtomicInteger();
      assertEquals(
          "made",
          store.<String, RuntimeException>transact(
              Optional.empty(),
              t -> {
                tries.incrementAndGet();
                if (!t.mayTakeLong()) {
                  throw new NotAtHand(() -> {});
                }
                return Outcome.unlogged("made");
              }));
      assertTrue(tries.get() > 1 && tries.get() < 100, () -> tries.get() + " tries");
    }
  }

  @Test
  void aFailedChangeLeavesNothing() throws IOException {
    assertThrows(
        IllegalStateException.class,
        () ->
            within(
                t -> {
                  addFirst(t);
                  throw new IllegalStateException();
                }));
    assertEquals(Optional.empty(), within(t -> t.activeSession("a")));
  }

  @Test
  void whatACreatorHoldsIsTheSameAfterAnUndoneChangeAndAfterARestart() throws IOException {
    within(this::addFirst);
    var held = within(t -> t.held("me"));
    assertEquals(1, held.sessions());
    assertTrue(held.bytes() > "name: a".length() + 28, held.toString());
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, OPTIONS, new Health())) {
      assertEquals(held, store.read(t -> t.held("me")));
      assertThrows(
          IllegalStateException.class,
          () ->
              store.read(
                  t -> {
                    t.addSession(new SessionRow("a", 2, "22".repeat(32), "me", "name: a"));
                    t.addSession(new SessionRow("a/b", 1, "33".repeat(32), "you", "name: a/b"));
                    t.forgetRevisions("a", 1);
                    assertEquals(2, t.countSessions());
                    assertEquals(t.held("you"), t.heldBelow("a/", _ -> true));
                    throw new IllegalStateException();
                  }));
      assertEquals(held, store.read(t -> t.held("me")));
      assertEquals(Held.NOTHING, store.read(t -> t.held("you")));
      assertEquals(1, store.<Long, RuntimeException>read(Transaction::countSessions));
      assertEquals(List.of("me"), store.creators());
    }
  }

  @Test
  void theNewestRevisionIsTheActiveOne() throws IOException {
    within(this::addFirst);
    var second = new SessionRow("a", 2, "22".repeat(32), "me", "name: a # 2");
    within(
        t -> {
          t.addSession(second);
          return t.addSecret("a", "p", Secret.ofText("new"));
        });
    assertEquals(Optional.of(second), within(t -> t.activeSession("a")));
    assertEquals(2, within(t -> t.secrets(FIRST)).size());
    assertEquals(0, within(t -> t.secrets(second)).size());
  }

  @Test
  void noValueIsInAnyFile() throws IOException {
    within(
        t -> {
          t.addSetting("s", Secret.ofText("opensesame"));
          return addFirst(t);
        });
    try (var files = Files.walk(state())) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        for (var value : List.of("hunter2", "swordfish", "name: a", "opensesame")) {
          assertFalse(content.contains(value), file + " holds " + value);
        }
      }
    }
  }

  @Test
  void valuesCannotBeExchanged() throws IOException, SQLException {
    within(this::addFirst);
    change(
        "UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE name = 'q') WHERE name = 'p'");
    StoreException e = assertThrows(StoreException.class, () -> within(t -> t.secrets(FIRST)));
    assertEquals(StoreException.Reason.CHANGED_ROWS, e.reason());
  }

  @Test
  void valuesCannotBeChanged() throws IOException, SQLException {
    within(this::addFirst);
    change("UPDATE session SET sealed = zeroblob(100)");
    assertThrows(StoreException.class, () -> within(t -> t.activeSession("a")));
  }

  @Test
  void aSessionCannotTakeAnothersPlace() throws IOException, SQLException {
    within(this::addFirst);
    within(
        t -> {
          t.addSession(new SessionRow("b", 1, "33".repeat(32), "me", "name: b"));
          return true;
        });
    change("UPDATE session SET sealed = (SELECT sealed FROM session WHERE name = 'b')");
    assertThrows(StoreException.class, () -> within(t -> t.activeSession("a")));
    change("UPDATE session SET hash = '" + "44".repeat(32) + "' WHERE name = 'b'");
    assertThrows(StoreException.class, () -> within(t -> t.activeSession("b")));
  }

  @Test
  void aDirectoryHasOneUser() throws IOException {
    try (var directory = StateDirectory.open(state())) {
      assertTrue(Files.exists(directory.path()));
      StoreException e = assertThrows(StoreException.class, () -> StateDirectory.open(state()));
      assertEquals(StoreException.Reason.IN_USE, e.reason());
    }
    StateDirectory.open(state()).close();
  }

  @Test
  void onlyItsOwnerCanReadIt() throws IOException {
    within(this::addFirst);
    assertEquals("rwx------", permissions(state()));
    assertEquals("rw-------", permissions(state().resolve("seal.key")));
    Files.setPosixFilePermissions(
        state().resolve("seal.key"), PosixFilePermissions.fromString("rw-r--r--"));
    StoreException e = assertThrows(StoreException.class, () -> within(t -> t.activeSession("a")));
    var cause = assertInstanceOf(OwnedException.class, e.getCause());
    assertEquals(OwnedException.Reason.READABLE_BY_OTHERS, cause.reason());
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void aLostKeyIsNotReplacedSilently() throws IOException {
    within(this::addFirst);
    Files.delete(state().resolve("seal.key"));
    StoreException e = assertThrows(StoreException.class, () -> within(t -> t.activeSession("a")));
    assertEquals(StoreException.Reason.NO_KEY, e.reason());
  }

  @Test
  void anUnfinishedKeyIsForgotten() throws IOException {
    Files.createDirectories(state());
    Files.write(state().resolve("seal.key.new"), new byte[7]);
    within(this::addFirst);
    assertEquals(32, Files.size(state().resolve("seal.key")));
  }

  @Test
  void whatANewerVersionWroteIsNotTouched() throws IOException, SQLException {
    within(this::addFirst);
    change("PRAGMA user_version = 99");
    assertThrows(StoreException.class, () -> within(t -> t.activeSession("a")));
  }

  @Test
  void aSealOpensInItsPlaceOnly() throws IOException {
    var sealer = new Sealer(Secret.copyOf(new byte[32]), RANDOM);
    var place = new Sealer.Place("secret", "a", 1);
    var sealed = sealer.seal(place, Secret.ofText("value"));
    assertTrue(Secret.ofText("value").matches(sealer.open(place, sealed)));
    for (var other :
        List.of(
            new Sealer.Place("secre", "ta", 1),
            new Sealer.Place("secret", "b", 1),
            new Sealer.Place("secret", "a", 2))) {
      StoreException e = assertThrows(StoreException.class, () -> sealer.open(other, sealed));
      assertEquals(StoreException.Reason.CHANGED_VALUE, e.reason());
    }
    var key = new byte[32];
    key[0] = 1;
    assertThrows(
        StoreException.class, () -> new Sealer(Secret.copyOf(key), RANDOM).open(place, sealed));
    for (var i = 0; i < sealed.length; i++) {
      var damaged = sealed.clone();
      damaged[i] ^= 1;
      assertThrows(StoreException.class, () -> sealer.open(place, damaged));
    }
    assertThrows(StoreException.class, () -> sealer.open(place, new byte[3]));
  }
}
