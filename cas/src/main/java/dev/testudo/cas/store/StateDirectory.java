package dev.testudo.cas.store;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.trust.files.OwnDirectory;
import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/// The directory in which a CAS process keeps its whole state. A new directory has mode 0700. While
/// it is open, no other process can open it.
///
/// Files: `lock`; `seal.key`, the key that encrypts everything else, mode 0600; `cas.db` with its
/// journal; `audit.jsonl`; `native/`, emptied at each start.
public final class StateDirectory implements AutoCloseable {
  private static final int KEY_BYTES = 32;
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final OwnDirectory.Kind KIND =
      new OwnDirectory.Kind(
          "CAS", Set.of("seal.key", "cas.db"), Set.of("lock", "native", "seal.key.new"));

  private final Path path;
  private final FileChannel lock;
  private final byte[] sealKey;

  private StateDirectory(Path path, FileChannel lock, byte[] sealKey) {
    this.path = path;
    this.lock = lock;
    this.sealKey = sealKey;
  }

  /// Opens `path` and creates it with its key on first use. An existing directory must belong to
  /// this user, and be empty or a state of CAS; it keeps its mode.
  public static StateDirectory open(Path path, SecureRandom random) throws IOException {
    OwnDirectory.open(path, KIND);
    var lock = lock(path.resolve("lock"));
    try {
      makeFolder(path.resolve("native"));
      empty(path.resolve("native"));
      var key = key(path, random);
      makeDatabase(path.resolve("cas.db"));
      return new StateDirectory(path, lock, key);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// Returns the path of the directory.
  public Path path() {
    return path;
  }

  /// Returns the key that encrypts everything. The caller must not change it.
  byte[] sealKey() {
    return sealKey;
  }

  private static FileChannel lock(Path file) throws IOException {
    var channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
    FileLock held = null;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // This process itself holds the lock, which counts the same.
    }
    if (held == null) {
      channel.close();
      throw new StoreException(Reason.IN_USE, "another CAS uses %s".formatted(file.getParent()));
    }
    return channel;
  }

  private static byte[] key(Path directory, SecureRandom random) throws IOException {
    var file = directory.resolve("seal.key");
    if (!Files.exists(file)) {
      // A store without its key is lost for good. Do not hide that by generating a new key.
      if (Files.exists(directory.resolve("cas.db"))) {
        throw new StoreException(
            Reason.NO_KEY,
            "%s is missing; the content of the store cannot be read without it".formatted(file));
      }
      makeKey(directory, file, random);
    }
    try {
      Owned.requireSecret(file);
    } catch (IOException e) {
      throw new StoreException(String.valueOf(e.getMessage()), e);
    }
    var key = Files.readAllBytes(file);
    if (key.length != KEY_BYTES) {
      throw new StoreException("%s is not a key of %d bytes".formatted(file, KEY_BYTES));
    }
    return key;
  }

  /// Creates the key atomically: it exists completely or not at all, even if the
  /// process dies meanwhile.
  private static void makeKey(Path directory, Path file, SecureRandom random) throws IOException {
    var key = new byte[KEY_BYTES];
    random.nextBytes(key);
    var draft = directory.resolve("seal.key.new");
    Files.deleteIfExists(draft);
    try (var out =
        FileChannel.open(
            draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
      var buffer = ByteBuffer.wrap(key);
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      out.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    force(directory);
    Arrays.fill(key, (byte) 0);
  }

  /// Creates an empty file, which is a valid empty database. If the driver created it, others could
  /// read it; the journal gets the mode of the database.
  private static void makeDatabase(Path file) throws IOException {
    if (Files.exists(file)) {
      Owned.requireOwn(file);
    } else {
      Files.createFile(file, OWNER_ONLY);
    }
  }

  private static void force(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void makeFolder(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, OWNER_ONLY_FOLDER);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  private static void empty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  /// Wipes the key and releases the lock.
  @Override
  public void close() throws IOException {
    Arrays.fill(sealKey, (byte) 0);
    lock.close();
  }
}
