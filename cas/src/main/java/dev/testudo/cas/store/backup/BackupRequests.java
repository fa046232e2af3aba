package dev.testudo.cas.store.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.files.FileLocks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// How a process asks a running CAS for a backup: by files in the state directory, which only the
/// user of CAS can write. The process locks `backup.ID.request` for as long as it waits. CAS
/// answers with the database `backup.ID.db` and then the manifest `backup.ID.manifest`, or with a
/// message in `backup.ID.failed`. CAS deletes all of them once nobody holds the lock.
public final class BackupRequests {
  private static final Pattern NAME =
      Pattern.compile("backup\\.([0-9a-f]{16})\\.(request|db|manifest|failed|new)");
  private static final int ID_BYTES = 8;

  /// The age of a draft of a request at which nobody will lock it any more.
  private static final Duration ABANDONED = Duration.ofMinutes(1);

  private static final int LONGEST_MESSAGE = 4096;

  /// How long CAS may take until it begins, and until it is done.
  private static final Duration BEGINS = Duration.ofSeconds(30);

  private static final Duration ENDS = Duration.ofMinutes(30);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Path directory;

  /// Creates the requests to the CAS of a state directory.
  public BackupRequests(Path directory) {
    this.directory = directory;
  }

  /// Makes a copy of the database.
  @FunctionalInterface
  public interface Copying {
    /// Writes the database to a new file.
    ///
    /// @return the manifest, a line of the audit log
    byte[] copyTo(Path database) throws IOException;
  }

  /// Uses a copy of the database.
  @FunctionalInterface
  public interface Use<R> {
    /// Uses the copy before it is deleted.
    R of(byte[] manifest, Path database) throws IOException;
  }

  /// Answers those who wait, and deletes what nobody waits for.
  public void answer(Copying copying) throws IOException {
    deleteDrafts();
    var ids = new TreeSet<String>();
    try (var files = Files.newDirectoryStream(directory, "backup.*")) {
      for (var file : files) {
        var name = NAME.matcher(String.valueOf(file.getFileName()));
        if (name.matches()) {
          ids.add(name.group(1));
        }
      }
    }
    for (var id : ids) {
      if (!isWaiting(id)) {
        delete(id);
      } else if (!Files.exists(file(id, "manifest")) && !Files.exists(file(id, "failed"))) {
        answer(id, copying);
      }
    }
  }

  private void answer(String id, Copying copying) throws IOException {
    try {
      Files.deleteIfExists(file(id, "db"));
      write(id, "manifest", copying.copyTo(file(id, "db")));
    } catch (IOException e) {
      Files.deleteIfExists(file(id, "db"));
      write(id, "failed", String.valueOf(e.getMessage()).getBytes(UTF_8));
    }
  }

  /// Asks the running CAS for a copy of the database, waits for it, and uses it.
  ///
  /// @throws IOException if CAS does not answer, or reports that it failed
  public <R> R ask(SecureRandom random, Use<R> use) throws IOException, InterruptedException {
    var bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    var id = HexFormat.of().formatHex(bytes);
    // CAS deletes what is not locked, so the file gets its name when it is.
    var draft = directory.resolve("backup-%s.new".formatted(id));
    BackupFile.create(draft);
    try (var lock = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      if (!FileLocks.take(lock)) {
        throw new IOException("cannot lock " + draft);
      }
      Files.move(draft, file(id, "request"), StandardCopyOption.ATOMIC_MOVE);
      return use.of(await(id), file(id, "db"));
    } finally {
      Files.deleteIfExists(draft);
      delete(id);
    }
  }

  private byte[] await(String id) throws IOException, InterruptedException {
    var begun = System.nanoTime();
    while (true) {
      if (Files.exists(file(id, "manifest"))) {
        return Files.readAllBytes(file(id, "manifest"));
      }
      if (Files.exists(file(id, "failed"))) {
        throw new IOException("CAS cannot make a backup: " + message(file(id, "failed")));
      }
      var waited = Duration.ofNanos(System.nanoTime() - begun);
      var most = Files.exists(file(id, "db")) ? ENDS : BEGINS;
      if (waited.compareTo(most) > 0) {
        throw new IOException(
            "the CAS that uses %s did not make a backup within %d seconds"
                .formatted(directory, most.toSeconds()));
      }
      Thread.sleep(PAUSE);
    }
  }

  private static String message(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST_MESSAGE), UTF_8);
    }
  }

  /// Deletes what processes left behind that were killed before they asked.
  private void deleteDrafts() throws IOException {
    try (var drafts = Files.newDirectoryStream(directory, "backup-*.new")) {
      for (var draft : drafts) {
        if (isAbandoned(draft) && !isLocked(draft)) {
          Files.deleteIfExists(draft);
        }
      }
    }
  }

  private static boolean isAbandoned(Path draft) throws IOException {
    try {
      var since = Files.getLastModifiedTime(draft).toInstant().plus(ABANDONED);
      return since.isBefore(Instant.now());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /// Returns true if somebody holds the lock of a request.
  private boolean isWaiting(String id) throws IOException {
    return isLocked(file(id, "request"));
  }

  private static boolean isLocked(Path file) throws IOException {
    try (var request = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return !FileLocks.take(request);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /// Writes an answer so that it exists completely or not at all.
  private void write(String id, String kind, byte[] content) throws IOException {
    var draft = file(id, "new");
    Files.deleteIfExists(draft);
    BackupFile.create(draft);
    Files.write(draft, content);
    Files.move(draft, file(id, kind), StandardCopyOption.ATOMIC_MOVE);
  }

  private void delete(String id) throws IOException {
    for (var kind : new String[] {"request", "manifest", "failed", "new", "db"}) {
      Files.deleteIfExists(file(id, kind));
    }
  }

  private Path file(String id, String kind) {
    return directory.resolve("backup.%s.%s".formatted(id, kind));
  }
}
