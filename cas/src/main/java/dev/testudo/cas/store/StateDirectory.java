package dev.testudo.cas.store;

import dev.testudo.cas.store.database.StoreException;
import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.trust.files.FileLocks;
import dev.testudo.trust.files.OwnDirectory;
import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.nio.channels.FileChannel;
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
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The directory in which a CAS process keeps its whole state. A new directory has mode 0700. While
/// it is open, no other process can open it.
///
/// Files: `lock`; `seal.key`, the master key unless another is used, mode 0600; `cas.db` with its
/// journal; `audit.jsonl`; `native/`, emptied at each start;
/// `console.url` while there is a console, mode 0600.
public final class StateDirectory implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final String REPLICA = "replica";

  private static final OwnDirectory.Kind KIND =
      new OwnDirectory.Kind(
          "CAS",
          Set.of("seal.key", "cas.db", REPLICA),
          Set.of("lock", "native", "seal.key.new", REPLICA + ".new"));

  private static final int NAME_BYTES = 8;
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{16}");

  private final Path path;
  private final FileChannel lock;

  private StateDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /// Opens `path` and creates it on first use. An existing directory must belong to this user, and
  /// be empty or a state of CAS; it keeps its mode.
  public static StateDirectory open(Path path) throws IOException {
    OwnDirectory.open(path, KIND);
    var lock = lock(path.resolve("lock"));
    try {
      makeFolder(path.resolve("native"));
      empty(path.resolve("native"));
      return new StateDirectory(path, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// Returns the path of the directory.
  public Path path() {
    return path;
  }

  /// Returns the name of this process among those that share a database. It is chosen at the first
  /// start and kept.
  String replica(SecureRandom random) throws IOException {
    var file = path.resolve(REPLICA);
    if (!Files.exists(file)) {
      var name = new byte[NAME_BYTES];
      random.nextBytes(name);
      var draft = path.resolve(REPLICA + ".new");
      Files.deleteIfExists(draft);
      Files.createFile(draft, OWNER_ONLY);
      Files.writeString(draft, HexFormat.of().formatHex(name) + "\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
    Owned.requireOwn(file);
    var name = Files.readString(file).strip();
    if (!NAME.matcher(name).matches()) {
      throw new StoreException("%s does not contain the name of a replica".formatted(file));
    }
    return name;
  }

  private static FileChannel lock(Path file) throws IOException {
    var channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
    if (!FileLocks.take(channel)) {
      channel.close();
      throw new StoreException(Reason.IN_USE, "another CAS uses %s".formatted(file.getParent()));
    }
    return channel;
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

  /// Releases the lock.
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
