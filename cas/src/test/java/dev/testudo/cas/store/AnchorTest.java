package dev.testudo.cas.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cas.AuditLog;
import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.cas.store.log.AnchorSource;
import dev.testudo.cas.store.log.AuditLimits;
import dev.testudo.cas.store.log.FileAnchor;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An older state that is put back as a whole is refused, because the anchor is elsewhere.
class AnchorTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final List<String> STATE = List.of("cas.db", "audit.jsonl", "seal.key");

  @TempDir private Path work;

  private Path state() {
    return work.resolve("state");
  }

  private Path anchor() {
    return work.resolve("anchor");
  }

  private StoreOptions options(boolean accept) {
    return new StoreOptions(
        RANDOM,
        () -> Instant.EPOCH,
        new AuditLimits(1 << 20),
        accept,
        SqliteDatabase::open,
        KeyFile::in,
        Optional.of(AnchorSource.file(anchor())));
  }

  private void log(boolean accept) throws IOException {
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, options(accept), new Health())) {
      var event = new AuditEvent.Started("test", store.auditKeys());
      store.transact(Optional.empty(), _ -> Outcome.of(true, event));
    }
  }

  private Reason refusal() {
    return assertThrows(StoreException.class, () -> log(false)).reason();
  }

  private void save() throws IOException {
    Files.createDirectory(work.resolve("saved"));
    for (var file : STATE) {
      Files.copy(
          state().resolve(file),
          work.resolve("saved").resolve(file),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private void restore() throws IOException {
    for (var file : STATE) {
      Files.copy(
          work.resolve("saved").resolve(file),
          state().resolve(file),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  @Test
  void anOlderStateIsRefusedUntilItsOwnerAcceptsItAndTheLogSaysSo() throws IOException {
    log(false);
    save();
    log(false);
    restore();
    assertEquals(Reason.OLDER_DATABASE, refusal());
    try (var directory = StateDirectory.open(state())) {
      var e = assertThrows(StoreException.class, () -> Store.verify(directory, options(false)));
      assertEquals(Reason.OLDER_DATABASE, e.reason());
    }
    log(true);
    assertEquals(1, AuditLog.of(state(), "continued").size());
    log(false);
  }

  @Test
  void anotherHistoryOfTheSameLengthIsRefused() throws IOException {
    log(false);
    save();
    log(false);
    var kept = Files.copy(anchor(), work.resolve("kept"));
    restore();
    log(true);
    Files.copy(kept, anchor(), StandardCopyOption.REPLACE_EXISTING);
    assertEquals(Reason.OLDER_DATABASE, refusal());
  }

  /// Makes changes of which the log has no line, as tags of volumes are.
  private void change(String... names) throws IOException {
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, options(false), new Health())) {
      for (var name : names) {
        store.transact(
            Optional.empty(),
            transaction -> {
              transaction.addSetting(name, Secret.ofText(name));
              return Outcome.unlogged(true);
            });
      }
    }
  }

  @Test
  void aChangeWithoutALineCannotBeTakenBackEither() throws IOException {
    log(false);
    change("one");
    save();
    change("two");
    restore();
    assertEquals(Reason.OLDER_DATABASE, refusal());
    log(true);
    log(false);
  }

  @Test
  void norReplacedByAnotherHistoryOfTheSameLength() throws IOException {
    log(false);
    change("one");
    save();
    change("two", "three");
    var kept = Files.copy(anchor(), work.resolve("kept"));
    Files.delete(anchor());
    restore();
    log(true);
    Files.copy(kept, anchor(), StandardCopyOption.REPLACE_EXISTING);
    assertEquals(Reason.OLDER_DATABASE, refusal());
  }

  @Test
  void aStoreThatIsFarAheadOfItsAnchorContinuesIfTheLogDoes() throws IOException {
    log(false);
    var before = Files.copy(anchor(), work.resolve("before"));
    change(IntStream.range(0, 40).mapToObj(i -> "n" + i).toArray(String[]::new));
    log(false);
    Files.copy(before, anchor(), StandardCopyOption.REPLACE_EXISTING);
    log(false);
  }

  @Test
  void aStoreWhoseAnchorIsGoneIsRefused() throws IOException {
    log(false);
    Files.delete(anchor());
    assertEquals(Reason.NO_ANCHOR, refusal());
    log(true);
    log(false);
  }

  @Test
  void aTornRecordLeavesTheOneBeforeItAndADamagedAnchorIsNone() throws IOException {
    log(false);
    log(false);
    var text = Files.readString(anchor());
    assertEquals(2 * 192, text.length());
    for (var place = 0; place < 2; place++) {
      Files.writeString(anchor(), text);
      overwrite(place * 192);
      log(false);
    }
    overwrite(0);
    overwrite(192);
    assertEquals(Reason.CHANGED_ANCHOR, refusal());
  }

  private void overwrite(int place) throws IOException {
    try (var channel = FileChannel.open(anchor(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {'!'}), place);
    }
  }

  @Test
  void theAnchorOfAnotherCasIsRefused() throws IOException {
    log(false);
    try (var files = Files.list(state())) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    assertEquals(Reason.CHANGED_ANCHOR, refusal());
  }

  @Test
  void aCasThatIsKilledBeforeItsFirstLineIsAnchoredStartsAgain() throws IOException {
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, options(false), new Health())) {
      assertEquals(0, store.<Integer, RuntimeException>read(t -> t.sessions().size()));
    }
    var before = Files.copy(anchor(), work.resolve("before"));
    log(false);
    Files.copy(before, anchor(), StandardCopyOption.REPLACE_EXISTING);
    log(false);
    Files.copy(before, anchor(), StandardCopyOption.REPLACE_EXISTING);
    log(false);
  }

  @Test
  void aSecondCasCannotUseTheAnchorAndVerificationCreatesNone() throws IOException {
    log(false);
    try (var directory = StateDirectory.open(state())) {
      var cas = "1".repeat(44);
      try (var used = FileAnchor.open(work.resolve("used"), cas)) {
        assertNotNull(used);
        var e =
            assertThrows(StoreException.class, () -> FileAnchor.open(work.resolve("used"), cas));
        assertEquals(Reason.IN_USE, e.reason());
      }
      Files.delete(anchor());
      var e = assertThrows(StoreException.class, () -> Store.verify(directory, options(false)));
      assertEquals(Reason.NO_ANCHOR, e.reason());
      assertFalse(Files.exists(anchor()));
    }
  }
}
