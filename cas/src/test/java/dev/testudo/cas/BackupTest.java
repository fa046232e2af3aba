package dev.testudo.cas;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.store.backup.BackupException;
import dev.testudo.cas.store.backup.BackupException.Fault;
import dev.testudo.cas.store.backup.BackupFile;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Backups, as their operator makes and restores them.
@Timeout(300)
class BackupTest {
  private static final String SECRET = "secrets: [{name: p, kind: ascii, export_public: true}]\n";

  @TempDir private Path work;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private Path state;
  private Path key;
  private Path backup;

  @BeforeEach
  void prepare() throws IOException {
    state = work.resolve("state");
    backup = work.resolve("backup");
    key = secret("key", 'k');
  }

  private Path secret(String name, char content) throws IOException {
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var file = Files.createFile(work.resolve(name), mode);
    return Files.writeString(file, String.valueOf(content).repeat(32));
  }

  private ServerOptions.State options(Path directory, Optional<Path> anchor) {
    var source = new ServerOptions.KeyOption.InFile(key);
    return new ServerOptions.State(
        directory, source, Optional.empty(), anchor.map(ServerOptions.AnchorOption.InFile::new));
  }

  private TestCas start(Path directory) throws IOException {
    return new TestCas(options(directory, Optional.empty()));
  }

  private int run(String... words) {
    out.reset();
    return ServeCommand.run(
        List.of(words),
        Map.of(),
        InputStream.nullInputStream(),
        new PrintStream(out, true, UTF_8),
        new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
        _ -> {});
  }

  private int backUp() {
    return run("backup", "--state", state.toString(), "--to", backup.toString());
  }

  private int restore(Path from, Path target, String... more) {
    var words = new ArrayList<>(List.of("restore", "--from", from.toString()));
    words.addAll(List.of("--state", target.toString()));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  private int restore(Path from, Path target) {
    return restore(from, target, "--key-file", key.toString());
  }

  private JsonMembers printed() throws IOException {
    return JsonMembers.read(out.toByteArray(), 10_000, "output");
  }

  private static List<String> names(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  /// Makes a backup of a CAS that does not run.
  private KeyHash filled() throws IOException {
    try (var cas = start(state)) {
      cas.create(TestCas.showing("a", "$$SCONE::p$$", SECRET));
      cas.publicValue("a", "p");
      assertEquals(0, backUp());
      return cas.server().keyHash();
    }
  }

  @Test
  void aRunningCasIsBackedUpWithAllThatItAcknowledgedBefore() throws Exception {
    var values = new ArrayList<String>();
    KeyHash hash;
    try (var cas = start(state)) {
      hash = cas.server().keyHash();
      for (var i = 0; i < 5; i++) {
        cas.create(TestCas.showing("a" + i, "$$SCONE::p$$", SECRET));
        values.add(cas.publicValue("a" + i, "p"));
      }
      var stop = new AtomicBoolean();
      var writer =
          CompletableFuture.runAsync(
              () -> {
                for (var i = 0; !stop.get(); i++) {
                  try {
                    cas.create(TestCas.showing("b" + i, "x", SECRET));
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                }
              });
      assertEquals(0, backUp());
      stop.set(true);
      writer.get();
      assertEquals(hash.text(), printed().text("key_hash"));
    }
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)));
    var line = AuditLog.of(state, "backed-up").getFirst();
    assertEquals(line.text("sha256"), printed().text("sha256"));
    var target = work.resolve("elsewhere");
    assertEquals(0, restore(backup, target, "--key", hash.text(), "--key-file", key.toString()));
    assertEquals(List.of("audit.jsonl", "cas.db", "lock", "native"), names(target));
    assertEquals(line.text("head"), AuditLog.of(target, "restored").getFirst().text("head"));
    assertEquals(0, run("verify-audit-log", "--state", target.toString(), "--key-file", key + ""));
    try (var cas = start(target)) {
      assertEquals(hash, cas.server().keyHash());
      for (var i = 0; i < 5; i++) {
        assertEquals(values.get(i), cas.publicValue("a" + i, "p"));
      }
    }
    // What was written for the backup is gone, and it does not contain the key.
    assertEquals(List.of(), names(state).stream().filter(n -> n.contains("backup")).toList());
    assertFalse(Files.readString(backup, ISO_8859_1).contains("k".repeat(32)));
  }

  @Test
  void aStoppedCasIsBackedUpIfItsStateIsIntactAndItsKeyIsGiven() throws IOException {
    try (var cas = start(state)) {
      cas.create(TestCas.showing("a", "x", SECRET));
    }
    assertEquals(3, backUp(), "without the key");
    assertFalse(Files.exists(backup));
    var words =
        new String[] {
          "backup", "--state", state + "", "--to", backup + "", "--key-file", key.toString()
        };
    assertEquals(0, run(words));
    assertEquals(1, run(words), "the file exists");
    assertEquals(0, restore(backup, work.resolve("elsewhere")));
    Files.delete(backup);
    Files.writeString(state.resolve("audit.jsonl"), "{}\n");
    assertEquals(4, run(words), "the log was changed");
    assertFalse(Files.exists(backup));
  }

  @Test
  void whereverABackupIsDamagedItIsRefusedByNameAndNothingIsWritten() throws IOException {
    filled();
    var good = Files.readAllBytes(backup);
    var first = new String(good, 0, 100, US_ASCII).indexOf('\n') + 1;
    var database = first;
    while (good[database++] != '\n') {}
    for (var i = 0; i < good.length; i += i < database ? 1 : 997) {
      var bad = good.clone();
      bad[i] ^= 0x20;
      var fault = fault(bad);
      if (i < first) {
        assertEquals(Fault.NOT_A_BACKUP, fault, "byte " + i);
      } else if (good[i] == '\n' && i == database - 1) {
        assertTrue(fault == Fault.DAMAGED_BACKUP || fault == Fault.TRUNCATED_BACKUP);
      } else {
        assertEquals(Fault.DAMAGED_BACKUP, fault, "byte " + i);
      }
      assertEquals(Fault.TRUNCATED_BACKUP, fault(Arrays.copyOf(good, i)), "length " + i);
    }
    assertEquals(Fault.DAMAGED_BACKUP, fault(Arrays.copyOf(good, good.length + 1)));
    var target = work.resolve("new/place");
    Files.createDirectory(work.resolve("empty"));
    for (var i : new int[] {0, first + 20, database + 5000, good.length - 1}) {
      var bad = good.clone();
      bad[i] ^= 0x20;
      Files.write(backup, bad);
      assertEquals(4, restore(backup, target));
      assertFalse(Files.exists(target));
      assertEquals(4, restore(backup, work.resolve("empty")));
      assertEquals(List.of(), names(work.resolve("empty")));
    }
    Files.write(backup, good);
    assertEquals(0, restore(backup, work.resolve("empty")));
  }

  private Fault fault(byte[] content) throws IOException {
    var file = work.resolve("bad");
    var database = work.resolve("database");
    Files.write(file, content);
    Files.deleteIfExists(database);
    return assertThrows(
            BackupException.class, () -> BackupFile.extract(file, Optional.empty(), database))
        .fault();
  }

  @Test
  void aBackupOfAnotherCasOrUnderAnotherKeyIsRefused() throws IOException {
    var cas = filled();
    var target = work.resolve("elsewhere");
    var other = Identity.ephemeral("other").keyHash().text();
    assertEquals(4, restore(backup, target, "--key", other, "--key-file", key.toString()));
    assertEquals(4, restore(backup, target, "--key-file", secret("wrong", 'w').toString()));
    assertEquals(3, restore(backup, target, new String[0]), "no key");
    assertFalse(Files.exists(target));
    assertEquals(0, restore(backup, target, "--key", cas.text(), "--key-file", key.toString()));
  }

  @Test
  void onlyANewStateDirectoryIsRestoredInto() throws IOException {
    filled();
    var log = Files.readAllBytes(state.resolve("audit.jsonl"));
    assertEquals(1, restore(backup, state), "a state");
    try (var cas = start(state)) {
      assertEquals(3, restore(backup, state), "a state in use");
      assertTrue(cas.publicValue("a", "p").length() > 0);
    }
    var used = Files.createDirectory(work.resolve("used"));
    Files.writeString(used.resolve("note"), "mine");
    assertEquals(1, restore(backup, used));
    assertEquals(List.of("note"), names(used));
    var now = Files.readAllBytes(state.resolve("audit.jsonl"));
    assertEquals(new String(log, UTF_8), new String(now, 0, log.length, UTF_8));
  }

  @Test
  void aKeyThatLiesInTheNewDirectoryOpensABackupOfACasThatGeneratedIt() throws IOException {
    try (var cas = new TestCas(state)) {
      cas.create(TestCas.showing("a", "x", SECRET));
      assertEquals(0, backUp());
    }
    var target = Files.createDirectory(work.resolve("elsewhere"));
    assertEquals(3, restore(backup, target, new String[0]));
    assertEquals(List.of(), names(target));
    Files.copy(
        state.resolve("seal.key"), target.resolve("seal.key"), StandardCopyOption.COPY_ATTRIBUTES);
    assertEquals(0, restore(backup, target, new String[0]));
    try (var cas = new TestCas(target)) {
      assertEquals(printed().text("key_hash"), cas.server().keyHash().text());
    }
  }

  @Test
  void whatABackupThatWasKilledLeftBehindIsDeleted() throws IOException, InterruptedException {
    try (var cas = start(state)) {
      for (var kind : List.of("request", "db", "manifest", "new")) {
        Files.writeString(state.resolve("backup.%s.%s".formatted("ab".repeat(8), kind)), "left");
      }
      // Of a process that was killed before its request had its name.
      var draft = Files.createFile(state.resolve("backup-%s.new".formatted("ab".repeat(8))));
      Files.setLastModifiedTime(draft, FileTime.from(Instant.now().minusSeconds(90)));
      Eventually.holds(
          () ->
              requireNonNull(state.toFile().list((_, name) -> name.contains("backup"))).length == 0,
          () -> "something is left");
      assertEquals(64, cas.create(TestCas.showing("a", "x", SECRET)).length());
    }
  }

  @Test
  void anAnchorNoticesThatABackupWasRestored() throws IOException {
    var anchor = Optional.of(work.resolve("anchor"));
    try (var cas = new TestCas(options(state, anchor))) {
      cas.create(TestCas.showing("a", "x", SECRET));
      assertEquals(0, backUp());
      cas.create(TestCas.showing("b", "x", SECRET));
    }
    var target = work.resolve("elsewhere");
    assertEquals(0, restore(backup, target));
    var e = assertThrows(StoreException.class, () -> new TestCas(options(target, anchor)));
    assertEquals(StoreException.Reason.OLDER_DATABASE, e.reason());
  }

  @Test
  void aStoreInPostgresqlIsLeftToItsOwnTools() throws IOException {
    var store = "jdbc:postgresql://db.example/cas";
    assertEquals(1, run("backup", "--state", state + "", "--to", backup + "", "--store", store));
    assertEquals(2, run("restore", "--state", state + "", "--from", backup + "", "--store", store));
    Files.createDirectory(state);
    Files.write(state.resolve("replica"), new byte[0], StandardOpenOption.CREATE_NEW);
    assertEquals(1, backUp());
  }
}
