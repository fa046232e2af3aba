package dev.testudo.cas.store;

import dev.testudo.cas.store.backup.BackupFile;
import dev.testudo.cas.store.backup.BackupManifest;
import dev.testudo.cas.store.key.KeyFile;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Puts a backup into a new state directory. Everything is prepared and checked in a directory
/// inside it; the database is the last file that leaves that directory.
public final class Restoration {
  private static final String DRAFT = "restore.new";

  /// What opening a new state directory creates.
  private static final List<String> OPENED = List.of("lock", "native");

  private final Path backup;
  private final Optional<KeyHash> cas;
  private final StoreOptions options;

  private Restoration(Path backup, Optional<KeyHash> cas, StoreOptions options) {
    this.backup = backup;
    this.cas = cas;
    this.options = options;
  }

  /// The directory is not new.
  public static final class NotEmptyException extends IOException {
    private static final long serialVersionUID = 1;

    private NotEmptyException(Path directory, Set<String> found) {
      super(
          "`%s` is not empty (it contains %s); restore into a new directory"
              .formatted(directory, String.join(", ", found)));
    }
  }

  /// Restores `backup` in `target`, which is created if it does not exist. On failure nothing of
  /// the backup remains there.
  ///
  /// @param cas the CAS that it must be a backup of, if that is known
  /// @param options the options of the store. Only the database product, the master key, the clock
  ///     and the source of randomness matter
  /// @throws dev.testudo.cas.store.backup.BackupException if it is not an intact backup of that CAS
  /// @throws dev.testudo.cas.store.database.StoreException if the store in it does not open, or if
  ///     a CAS uses `target`
  /// @throws NotEmptyException if `target` contains more than a master key
  public static BackupManifest restore(
      Path backup, Optional<KeyHash> cas, Path target, StoreOptions options) throws IOException {
    if (!Files.isReadable(backup)) {
      throw new IOException("cannot read `%s`".formatted(backup));
    }
    var existed = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
    var before = existed && Files.isDirectory(target) ? names(target) : Set.<String>of();
    var done = false;
    try (var directory = StateDirectory.open(target)) {
      requireEmpty(target);
      try {
        var manifest = new Restoration(backup, cas, options).into(directory.path());
        done = true;
        return manifest;
      } finally {
        if (!done) {
          removeTraces(target, before, existed);
        }
      }
    }
  }

  private static Set<String> names(Path directory) throws IOException {
    var names = new TreeSet<String>();
    try (var files = Files.newDirectoryStream(directory)) {
      files.forEach(file -> names.add(String.valueOf(file.getFileName())));
    }
    return names;
  }

  private static void requireEmpty(Path target) throws IOException {
    var found = names(target);
    OPENED.forEach(found::remove);
    found.remove(KeyFile.NAME);
    if (!found.isEmpty()) {
      throw new NotEmptyException(target, found);
    }
  }

  private static void removeTraces(Path target, Set<String> before, boolean existed)
      throws IOException {
    for (var name : OPENED) {
      if (!before.contains(name)) {
        delete(target.resolve(name));
      }
    }
    if (!existed) {
      Files.deleteIfExists(target);
    }
  }

  private BackupManifest into(Path target) throws IOException {
    var draft = target.resolve(DRAFT);
    var log = target.resolve("audit.jsonl");
    var done = false;
    try {
      Files.createDirectory(
          draft,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      var manifest = BackupFile.extract(backup, cas, draft.resolve("cas.db"));
      try (var inside = StateDirectory.open(draft)) {
        Opening.restore(inside, options, manifest, backup);
      }
      Files.move(draft.resolve("audit.jsonl"), log, StandardCopyOption.ATOMIC_MOVE);
      BackupFile.sync(target);
      Files.move(draft.resolve("cas.db"), target.resolve("cas.db"), StandardCopyOption.ATOMIC_MOVE);
      done = true;
      BackupFile.sync(target);
      return manifest;
    } finally {
      if (!done) {
        Files.deleteIfExists(log);
      }
      delete(draft);
    }
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var files = Files.walk(tree)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
