package dev.testudo.cas.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.AuditLog;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.cas.store.log.AuditBudget;
import dev.testudo.cas.store.log.AuditLimits;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import dev.testudo.trust.audit.AuditFault.Kind;
import dev.testudo.trust.audit.AuditVerdict;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredAuditTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern LINE = Pattern.compile("audit\\.jsonl:([0-9]+): ");
  private static final Caller SOMEBODY =
      Caller.of(
          Optional.of(Identity.ephemeral("somebody").certificate()),
          InetAddress.ofLiteral("192.0.2.7"));

  @TempDir private Path temporary;
  private long quota = 1 << 20;
  private int files = 1;
  private boolean accept;
  private KeyHash key = SOMEBODY.key().orElseThrow();

  private Path state() {
    return temporary.resolve("state");
  }

  private Path log() {
    return state().resolve("audit.jsonl");
  }

  @FunctionalInterface
  private interface Use {
    void of(Store store) throws IOException;
  }

  private void open(Use use) throws IOException {
    var options =
        new StoreOptions(
            RANDOM,
            () -> Instant.EPOCH,
            new AuditLimits(quota, files),
            accept,
            SqliteDatabase::open,
            KeyFile::in,
            Optional.empty());
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, options, new Health())) {
      key = store.identity().keyHash();
      use.of(store);
    }
  }

  private static void log(Store store, String... names) throws IOException {
    for (var name : names) {
      store.transact(
          Optional.of(SOMEBODY), _ -> Outcome.of(true, new AuditEvent.SessionRead(name, "h")));
    }
  }

  /// The sessions that the lines of the log tell of, in their order.
  private List<String> sessions() throws IOException {
    var names = new ArrayList<String>();
    for (var line : AuditLog.of(state(), "session-read")) {
      names.add(line.text("session"));
    }
    return names;
  }

  private void change(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + state().resolve("cas.db"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private StoreException assertRefused(Reason reason) {
    var e = assertThrows(StoreException.class, () -> open(store -> log(store, "never")));
    assertEquals(reason, e.reason(), e.getMessage());
    return e;
  }

  /// The line of the log's copy that a refusal names.
  private static int line(StoreException e) {
    var place = LINE.matcher(String.valueOf(e.getMessage()));
    assertTrue(place.find(), e.getMessage());
    return Integer.parseInt(place.group(1));
  }

  private List<Kind> problems() throws IOException {
    return AuditVerdict.of(log(), key, Optional.empty()).problems().stream()
        .map(AuditVerdict.Problem::kind)
        .toList();
  }

  @Test
  void eventsAreNumberedChainedAndSignedOverRestarts() throws IOException {
    open(store -> log(store, "a", "b"));
    open(store -> log(store, "c"));
    var lines = AuditLog.of(state());
    assertEquals(3, lines.size());
    var last = lines.getLast();
    assertEquals(3, last.natural("sequence"));
    assertEquals("c", last.text("session"));
    assertEquals("192.0.2.7", last.text("address"));
    assertEquals(SOMEBODY.request(), last.text("request"));
  }

  /// As `docs/formats/audit-log.md` says, with OpenSSL.
  @Test
  void opensslVerifiesALineAndTheKeyThatSignedIt() throws Exception {
    open(
        store -> {
          var started = new AuditEvent.Started("v", store.auditKeys());
          store.transact(Optional.empty(), _ -> Outcome.of(true, started));
          log(store, "a");
        });
    var text = Files.readAllLines(log()).getLast();
    var line = AuditLog.of(state()).getLast();
    var started = AuditLog.of(state()).getFirst();
    var logKey = bytes(started.text("log_key"));
    write("cas.der", bytes(started.text("key")));
    write("log.der", logKey);
    write("key", concat("testudo audit log key v1\n".getBytes(UTF_8), logKey));
    write("key.sig", bytes(started.text("log_key_signature")));
    var signed = text.substring(0, text.lastIndexOf(",\"signature\":\""));
    write("line", ("testudo audit log v2\n" + signed).getBytes(UTF_8));
    write("line.sig", bytes(line.text("signature")));
    assertEquals(0, openssl("dgst -sha256 -keyform DER -verify cas.der -signature key.sig key"));
    var verify = "pkeyutl -verify -rawin -pubin -keyform DER -inkey log.der -sigfile line.sig -in ";
    assertEquals(0, openssl(verify + "line"));
    write("other", (signed + "testudo audit log v2\n").getBytes(UTF_8));
    assertEquals(1, openssl(verify + "other"));
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    var both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private void write(String name, byte[] content) throws IOException {
    Files.write(temporary.resolve(name), content);
  }

  private int openssl(String words) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(("openssl " + words).split(" ", -1))
            .directory(temporary.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), words);
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theLogNeverTellsOfWhatWasUndone() throws IOException {
    open(
        store -> {
          log(store, "a");
          assertThrows(
              IllegalStateException.class,
              () ->
                  store.transact(
                      Optional.empty(),
                      t -> {
                        t.addSetting("s", Secret.taking(new byte[1]));
                        throw new IllegalStateException();
                      }));
          // The database refuses to insert the same row again, and the event is
          // rolled back with it.
          assertThrows(
              StoreException.class,
              () ->
                  store.transact(
                      Optional.empty(),
                      t -> {
                        t.addSetting("twice", Secret.taking(new byte[1]));
                        t.addSetting("twice", Secret.taking(new byte[1]));
                        return Outcome.of(true, new AuditEvent.SessionRead("undone", "h"));
                      }));
          log(store, "b");
        });
    assertEquals(List.of("a", "b"), sessions());
    open(store -> assertEquals(Optional.empty(), store.read(t -> t.setting("twice"))));
  }

  @Test
  void aShortenedLogIsNoticed() throws IOException {
    open(store -> log(store, "a", "b", "c"));
    var lines = Files.readAllLines(log());
    Files.writeString(log(), lines.getFirst() + "\n");
    assertEquals(
        log()
            + " was shortened: it ends with number 1 and had number 3; restore the right state, or"
            + " start once with --accept-audit-log to continue from the database, which the log will"
            + " record",
        assertRefused(Reason.SHORTENED_COPY).getMessage());
  }

  @Test
  void aMissingLogIsNoticed() throws IOException {
    open(store -> log(store, "a"));
    Files.delete(log());
    assertRefused(Reason.NO_COPY);
  }

  @Test
  void aChangedLogIsNoticed() throws IOException {
    open(store -> log(store, "a", "b", "c"));
    var good = Files.readString(log());
    Files.writeString(log(), good.replace("\"session\":\"a\"", "\"session\":\"x\""));
    assertEquals(1, line(assertRefused(Reason.CHANGED_COPY)));
    Files.writeString(log(), good.substring(good.indexOf('\n') + 1));
    assertEquals(1, line(assertRefused(Reason.CHANGED_COPY)));
    Files.writeString(log(), "\n" + good);
    assertEquals(1, line(assertRefused(Reason.CHANGED_COPY)));
    Files.writeString(log(), good + "x".repeat(1 << 20));
    assertEquals(4, line(assertRefused(Reason.CHANGED_COPY)));
  }

  @Test
  void anUnfinishedLineIsReplaced() throws IOException {
    open(store -> log(store, "a"));
    Files.writeString(log(), Files.readString(log()) + "{\"sequence\":2,\"at\"");
    open(store -> log(store, "b"));
    assertEquals(List.of("a", "b"), sessions());
  }

  @Test
  void anOlderDatabaseBesideANewerLogIsNoticedAndCanBeContinuedFromOnPurpose() throws IOException {
    open(store -> log(store, "a"));
    var old = temporary.resolve("old.db");
    Files.copy(state().resolve("cas.db"), old);
    open(store -> log(store, "b", "c"));
    Files.copy(old, state().resolve("cas.db"), StandardCopyOption.REPLACE_EXISTING);
    assertRefused(Reason.OLDER_DATABASE);
    accept = true;
    open(store -> log(store, "d"));
    accept = false;
    open(store -> log(store, "e"));
    assertEquals(List.of("a", "d", "e"), sessions());
    var continued = AuditLog.of(state(), "continued");
    assertEquals(1, continued.size());
    assertEquals("audit.found-2.jsonl", continued.getFirst().text("kept"));
    Files.copy(
        state().resolve(continued.getFirst().text("kept")),
        log(),
        StandardCopyOption.REPLACE_EXISTING);
    assertEquals(List.of("a", "b", "c"), sessions());
  }

  @Test
  void rowsOfTheDatabaseCannotBeRemovedOrPointedElsewhere() throws IOException, SQLException {
    var one = new SessionRow("a", 1, "11".repeat(32), "me", "name: a");
    var two = new SessionRow("a", 2, "22".repeat(32), "me", "name: a # 2");
    open(
        store ->
            store.transact(
                Optional.empty(),
                t -> {
                  t.addSession(one);
                  t.use(one, t.addSecret("a", "p", Secret.taking(new byte[8])));
                  t.addSession(two);
                  t.use(two, t.addSecret("a", "p", Secret.taking(new byte[8])));
                  return Outcome.unlogged(true);
                }));
    var good = temporary.resolve("good.db");
    Files.copy(state().resolve("cas.db"), good);
    for (var sql :
        List.of(
            "UPDATE secret_use SET revision = 1 WHERE session_revision = 2",
            "DELETE FROM secret_use WHERE session_revision = 2",
            "DELETE FROM session WHERE revision = 2",
            "DELETE FROM head")) {
      change("PRAGMA foreign_keys = OFF");
      change(sql);
      assertRefused(Reason.CHANGED_ROWS);
      Files.copy(good, state().resolve("cas.db"), StandardCopyOption.REPLACE_EXISTING);
    }
    open(store -> assertEquals(2, store.read(t -> t.activeSession("a")).orElseThrow().revision()));
  }

  @Test
  void linesOfTheDatabaseCannotBeRemovedOrChanged() throws IOException, SQLException {
    open(store -> log(store, "a", "b", "c"));
    var good = temporary.resolve("good.db");
    Files.copy(state().resolve("cas.db"), good);
    for (var sql :
        List.of(
            "DELETE FROM audit WHERE sequence = 3",
            "DELETE FROM audit WHERE sequence = 1",
            "DELETE FROM audit WHERE sequence = 2",
            "DELETE FROM audit",
            "UPDATE audit SET line = CAST(replace(CAST(line AS TEXT), '\"a\"', '\"x\"') AS BLOB)")) {
      change(sql);
      assertRefused(Reason.CHANGED_LOG);
      Files.copy(good, state().resolve("cas.db"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void aLogThatGrowsTooLongLosesItsBeginningAndSaysSo() throws IOException {
    quota = 64 << 10;
    var names = new ArrayList<String>();
    for (var i = 0; i < 500; i++) {
      names.add("session-" + i);
    }
    open(
        store -> {
          store.transact(
              Optional.empty(),
              _ -> Outcome.of(true, new AuditEvent.Started("v", store.auditKeys())));
          log(store, names.toArray(String[]::new));
        });
    assertTrue(Files.size(log()) <= quota, "" + Files.size(log()));
    assertTrue(Files.size(state().resolve("audit.1.jsonl")) <= quota + 2000);
    assertTrue(sessions().contains("session-499"));
    assertFalse(sessions().contains("session-0"));
    assertEquals(List.of(), problems());
    var lines = Files.readAllLines(log());
    Files.writeString(log(), String.join("\n", lines.subList(1, lines.size())) + "\n");
    assertEquals(List.of(Kind.NO_BEGINNING), problems());
    Files.writeString(log(), String.join("\n", lines) + "\n");
    open(store -> log(store, "after"));
    assertEquals(List.of(), problems());
  }

  @Test
  void asManyEarlierFilesAreKeptAsTheOperatorWants() throws IOException {
    quota = 64 << 10;
    files = 3;
    open(
        store -> {
          var started = new AuditEvent.Started("v", store.auditKeys());
          store.transact(Optional.empty(), _ -> Outcome.of(true, started));
          while (Files.notExists(state().resolve("audit.3.jsonl"))) {
            log(store, "x".repeat(100));
          }
        });
    var all = new ArrayList<Path>();
    fillOnce();
    assertFalse(Files.exists(state().resolve("audit.4.jsonl")));
    all.add(log());
    for (var number = 1; number <= 3; number++) {
      var file = state().resolve("audit.%d.jsonl".formatted(number));
      all.add(file);
      assertEquals(List.of(), AuditVerdict.of(file, key, Optional.empty()).problems());
    }
    assertEquals(List.of(), AuditVerdict.of(all, key, Optional.empty()).problems());
    var first = AuditVerdict.of(all, key, Optional.empty()).first().orElseThrow().sequence();
    assertTrue(
        first < AuditVerdict.of(log(), key, Optional.empty()).first().orElseThrow().sequence());
    files = 1;
    fillOnce();
    assertFalse(Files.exists(state().resolve("audit.2.jsonl")));
  }

  /// Logs until the log is cut once more.
  private void fillOnce() throws IOException {
    open(
        store -> {
          var before = Files.readAllLines(log()).getFirst();
          while (Files.readAllLines(log()).getFirst().equals(before)) {
            log(store, "x".repeat(100));
          }
        });
  }

  @Test
  void whatAnybodyCanCauseIsLoggedOneByOneOnlyUpToALimit() throws IOException {
    open(
        store -> {
          for (var i = 0; i < 1000; i++) {
            store.note(
                SOMEBODY, new AuditEvent.Refused("attest", "a/s", "not-permitted", List.of()));
          }
        });
    var lines = AuditLog.of(state());
    assertEquals(AuditBudget.OF_KEY + 1, lines.size());
    var counts = lines.getLast().object("counts");
    var who = SOMEBODY.key().orElseThrow();
    assertEquals(990, counts.natural("attest not-permitted %s 192.0.2.7".formatted(who)));
    counts.done();
  }

  @Test
  void theLinesOfARequestAreFound() throws IOException {
    open(
        store -> {
          store.note(
              SOMEBODY,
              new AuditEvent.Refused("attest", "a/s", "refused", List.of("expected 1, seen 2")));
          log(store, "b");
          var lines = store.ofRequest(SOMEBODY.request());
          assertEquals(2, lines.size());
          assertEquals(
              List.of("expected 1, seen 2"), AuditLog.line(lines.getFirst()).texts("details"));
          assertEquals(List.of(), store.ofRequest("0000000000000000"));
        });
  }

  private String verify() throws IOException {
    var options = new StoreOptions(RANDOM, () -> Instant.EPOCH, quota, false, SqliteDatabase::open);
    try (var directory = StateDirectory.open(state())) {
      return Store.verify(directory, options);
    }
  }

  @Test
  void aStateIsVerifiedWithoutServingIt() throws IOException, SQLException {
    open(store -> log(store, "a", "b"));
    var database = Files.readAllBytes(state().resolve("cas.db"));
    assertTrue(verify().matches("2:[0-9a-f]{64}"));
    assertArrayEquals(database, Files.readAllBytes(state().resolve("cas.db")));
    var lines = Files.readAllLines(log());
    Files.writeString(log(), lines.getFirst() + "\n");
    var shortened = assertThrows(StoreException.class, this::verify);
    assertEquals(Reason.SHORTENED_COPY, shortened.reason());
    Files.writeString(log(), String.join("\n", lines) + "\n");
    change("DELETE FROM audit WHERE sequence = 2");
    var changed = assertThrows(StoreException.class, this::verify);
    assertEquals(Reason.CHANGED_LOG, changed.reason());
  }
}
