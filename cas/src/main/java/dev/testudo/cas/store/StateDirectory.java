package dev.testudo.cas.store;

import dev.testudo.cas.store.database.StoreException;
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

/// The directory one CAS process keeps everything in; mode 0700 when made here. While this is open
/// no other process can open it.
///
/// Files: `lock`; `seal.key`, the key everything else is sealed under, mode 0600; `cas.db` with its
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

  /// Opens `path`, making it and its key on first use. A directory that was there before must be
  /// this user's, and either empty or a state of CAS; its mode stays what it is.
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

  /// The directory.
  public Path path() {
    return path;
  }

  /// The key under which everything is sealed; the caller must not change it.
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
      // Held by this very process; the answer is the same.
    }
    if (held == null) {
      channel.close();
      throw new StoreException("another CAS uses %s".formatted(file.getParent()));
    }
    return channel;
  }

  private static byte[] key(Path directory, SecureRandom random) throws IOException {
    var file = directory.resolve("seal.key");
    if (!Files.exists(file)) {
      // Without its key a store is lost for good; making a new one would hide that.
      if (Files.exists(directory.resolve("cas.db"))) {
        throw new StoreException(
            "%s is missing; what the store holds cannot be read without it".formatted(file));
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

  /// Whole or not at all, also when the process dies in between.
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

  /// An empty file is an empty database. The driver would make it readable for others, and gives
  /// its journal the same mode.
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

  /// Wipes the key and lets another process in.
  @Override
  public void close() throws IOException {
    Arrays.fill(sealKey, (byte) 0);
    lock.close();
  }
}
