package dev.testudo.cas.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.audit.AuditEvent;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.cas.store.key.KeySource;
import dev.testudo.cas.store.key.Passphrase;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import dev.testudo.trust.audit.AuditFault.Kind;
import dev.testudo.trust.audit.AuditVerdict;
import dev.testudo.trust.files.OwnedException;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.io.RandomAccessFile;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A store opens with its own master key only, wherever the key comes from.
class MasterKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path work;
  private Path passphrase;
  private Path key;

  @BeforeEach
  void writeKeys() throws IOException {
    passphrase = secret("passphrase", "correct horse battery staple\n".getBytes(US_ASCII));
    key = secret("key", random(32));
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private Path secret(String name, byte[] content) throws IOException {
    var file = Files.write(work.resolve(name), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private Path state() {
    return work.resolve("state");
  }

  private static StoreOptions options(KeySource key) {
    return new StoreOptions(RANDOM, () -> Instant.EPOCH, 1 << 20, false, SqliteDatabase::open, key);
  }

  private static KeySource passphrase(Path file) {
    return _ -> new Passphrase(file);
  }

  private static KeySource given(Path file) {
    return _ -> KeyFile.given(file);
  }

  private void fill(KeySource key) throws IOException {
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, options(key), new Health())) {
      store.transact(
          Optional.empty(),
          t -> {
            t.addSetting("s", Secret.ofText("kept"));
            return Outcome.unlogged(true);
          });
    }
  }

  private String kept(KeySource key) throws IOException {
    try (var directory = StateDirectory.open(state());
        var store = Store.open(directory, options(key), new Health())) {
      return store.read(
          t -> t.setting("s").orElseThrow().reveal(bytes -> new String(bytes, US_ASCII)));
    }
  }

  private Reason refusal(KeySource key) {
    return assertThrows(StoreException.class, () -> kept(key)).reason();
  }

  private void change(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + state().resolve("cas.db"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aStoreOfAPassphraseOpensWithItOnly() throws IOException {
    fill(passphrase(passphrase));
    assertFalse(Files.exists(state().resolve(KeyFile.NAME)), "no key beside the passphrase");
    var wrong = secret("wrong", "correct horse battery stable\n".getBytes(US_ASCII));
    assertEquals(Reason.WRONG_KEY, refusal(passphrase(wrong)));
    assertEquals(Reason.WRONG_KEY, refusal(given(key)));
    assertEquals(Reason.WRONG_KEY, refusal(KeyFile::in));
    assertFalse(Files.exists(state().resolve(KeyFile.NAME)), "no key was generated");
    assertEquals(Reason.NO_KEY, refusal(passphrase(work.resolve("missing"))));
    assertEquals("kept", kept(passphrase(passphrase)));
  }

  @Test
  void aPassphraseComesFromADescriptorToo() throws IOException {
    fill(passphrase(passphrase));
    try (var open = Files.newByteChannel(passphrase)) {
      assertEquals(0, open.position());
      var descriptor = descriptorOf(passphrase);
      assertEquals("kept", kept(passphrase(descriptor)));
    }
  }

  @Test
  @Timeout(60)
  void aPassphraseIsTheFirstLineAlsoOfAPipeThatStaysOpen() throws Exception {
    fill(passphrase(passphrase));
    var lines = "correct horse battery staple\r\na note\n".getBytes(US_ASCII);
    assertEquals("kept", kept(passphrase(secret("lines", lines))));
    var pipe = work.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    try (var writer = new RandomAccessFile(pipe.toFile(), "rw")) {
      writer.write(lines);
      assertEquals("kept", kept(passphrase(pipe)));
    }
    assertThrows(StoreException.class, () -> kept(passphrase(Path.of("/dev/zero"))));
  }

  private static Path descriptorOf(Path file) throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(fd -> refersTo(fd, file)).findFirst().orElseThrow();
    }
  }

  private static boolean refersTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aKeyFileMayBecomeACredentialAndOtherKeysAreWrong() throws IOException {
    fill(given(key));
    assertEquals(Reason.WRONG_KEY, refusal(given(secret("other", random(32)))));
    assertEquals(Reason.WRONG_KEY, refusal(passphrase(passphrase)));
    assertEquals(Reason.NO_KEY, refusal(KeyFile::in));
    var credential = Files.copy(key, work.resolve("credential"));
    Files.setPosixFilePermissions(credential, PosixFilePermissions.fromString("r--r-----"));
    assertEquals("kept", kept(_ -> KeyFile.credential(credential)));
  }

  @Test
  void aKeyThatOthersCanReadOrOfAnotherLengthIsNotUsed() throws IOException {
    for (var source : new KeySource[] {given(key), passphrase(passphrase)}) {
      for (var file : new Path[] {key, passphrase}) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      }
      var e = assertThrows(StoreException.class, () -> fill(source));
      var cause = assertInstanceOf(OwnedException.class, e.getCause());
      assertEquals(OwnedException.Reason.READABLE_BY_OTHERS, cause.reason());
    }
    var shortKey = given(secret("short", random(31)));
    assertThrows(StoreException.class, () -> fill(shortKey));
    var shortPassphrase = passphrase(secret("weak", "hunter2\n".getBytes(US_ASCII)));
    assertThrows(StoreException.class, () -> fill(shortPassphrase));
  }

  @Test
  void aDamagedStoreIsToldFromAWrongPassphrase() throws IOException, SQLException {
    fill(passphrase(passphrase));
    change("UPDATE seal_key SET sealed = replace(sealed, 'a', 'b')");
    assertEquals(Reason.CHANGED_VALUE, refusal(passphrase(passphrase)));
    change("UPDATE seal_key SET parameters = '{\"salt\":\"00\"}'");
    assertEquals(Reason.CHANGED_VALUE, refusal(passphrase(passphrase)));
    change("DELETE FROM seal_key");
    assertEquals(Reason.WRONG_KEY, refusal(passphrase(passphrase)));
    assertEquals(Reason.CHANGED_VALUE, refusal(given(key)));
  }

  @Test
  void aStoreOfFormat3OpensWithItsKeyFileAndIsConverted() throws IOException {
    Files.createDirectory(
        state(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    for (var file : new String[] {"cas.db", "seal.key", "audit.jsonl"}) {
      var old = Path.of("src/test/resources/stores/format-3", file);
      Files.copy(old, state().resolve(file));
      Files.setPosixFilePermissions(
          state().resolve(file), PosixFilePermissions.fromString("rw-------"));
    }
    assertEquals(Reason.CHANGED_VALUE, refusal(given(key)));
    for (var start = 0; start < 2; start++) {
      try (var directory = StateDirectory.open(state());
          var store = Store.open(directory, options(KeyFile::in), new Health())) {
        assertEquals(
            "B7zGzMdKQc3s2mv7HFf6Xfj5HM76YjwzkVs95Fk6m8Nm", store.identity().keyHash().text());
        assertEquals(3, store.read(t -> t.secrets(t.activeSession("old").orElseThrow())).size());
        var started = new AuditEvent.Started("new", store.auditKeys());
        store.transact(Optional.empty(), _ -> Outcome.of(true, started));
      }
    }
    // The lines that the key of CAS signed and those of the log's own key are one log.
    var log = state().resolve("audit.jsonl");
    var lines = Files.readAllLines(log);
    assertEquals(List.of(), problems(log));
    for (var line = 0; line < lines.size(); line++) {
      var edited = new ArrayList<>(lines);
      edited.set(line, lines.get(line).replaceFirst("\"at\":\"20", "\"at\":\"19"));
      edited.set(line, edited.get(line).replaceFirst("\"at\":\"1970", "\"at\":\"1971"));
      Files.write(log, edited);
      var number = line + 1;
      assertTrue(
          problems(log).stream()
              .anyMatch(p -> p.line() == number && p.kind() == Kind.WRONG_SIGNATURE),
          () -> "line " + number);
    }
    Files.write(log, lines.subList(0, lines.size() - 2));
    assertEquals(List.of(), problems(log));
  }

  private static List<AuditVerdict.Problem> problems(Path log) throws IOException {
    var cas = KeyHash.parse("B7zGzMdKQc3s2mv7HFf6Xfj5HM76YjwzkVs95Fk6m8Nm").orElseThrow();
    return AuditVerdict.of(log, cas, Optional.empty()).problems();
  }
}
