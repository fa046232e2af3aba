package dev.testudo.trust.collateral;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.files.FileLocks;
import dev.testudo.trust.files.WriteFailure;
import dev.testudo.trust.json.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// Changes a folder while nobody else does. A process that dies in the middle leaves each document
/// as it was before or as it is after. Not thread-safe.
public final class FolderChange implements AutoCloseable {
  private static final String LOCK = ".lock";
  private static final String UNFINISHED = ".new";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final CollateralFolder folder;
  private final FileChannel lock;
  private int documents;
  private long bytes;

  private FolderChange(CollateralFolder folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  static FolderChange begin(CollateralFolder folder) throws IOException {
    var lock = lock(folder.directory());
    var change = new FolderChange(folder, lock);
    try {
      change.removeUnfinished();
      change.count();
      return change;
    } catch (IOException | RuntimeException e) {
      change.close();
      throw e;
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    var file = directory.resolve(LOCK);
    var channel = FileChannel.open(file, Set.of(CREATE, WRITE, LinkOption.NOFOLLOW_LINKS));
    try {
      for (var left = PATIENCE; !FileLocks.take(channel); left = left.minus(PAUSE)) {
        if (left.isNegative()) {
          throw new CollateralException(
              Fault.BUSY,
              "another process changes %s for more than %d s; try again when it has ended"
                  .formatted(directory, PATIENCE.toSeconds()));
        }
        Thread.sleep(PAUSE);
      }
      return channel;
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// Removes what processes have left that were killed. Nobody else writes now.
  private void removeUnfinished() throws IOException {
    try (var files = Files.newDirectoryStream(folder.directory(), ".*" + UNFINISHED)) {
      for (var file : files) {
        Files.deleteIfExists(file);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void count() throws IOException {
    for (var file : folder.files().values()) {
      documents++;
      bytes += size(file);
    }
  }

  private static long size(Path file) throws IOException {
    try {
      return (long) Files.getAttribute(file, "size", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /// Returns a document, if it is there and readable.
  public Optional<StoredDocument> find(DocumentId id) throws IOException {
    try {
      return folder.find(id);
    } catch (CollateralException e) {
      return Optional.empty(); // what is no document is replaced
    }
  }

  /// Writes a document, in place of an earlier one with its name.
  ///
  /// @throws CollateralException if it does not fit
  public void put(StoredDocument stored) throws IOException {
    var name = stored.id().toString();
    if (!DocumentId.parse(name).equals(Optional.of(stored.id()))) {
      throw new CollateralException(
          Fault.MALFORMED, "`%s` cannot be the name of a document".formatted(name));
    }
    var content = Json.write(DocumentJson.encode(stored));
    var file = folder.file(stored.id());
    var before = size(file);
    var isNew = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    var after = bytes - before + content.length;
    if (documents + (isNew ? 1 : 0) > folder.limits().documents()
        || after > folder.limits().bytes()) {
      throw new CollateralException(
          Fault.FULL,
          "%s is full (%d documents, %d bytes); `%s` is not kept; remove what you do not need"
              .formatted(folder.directory(), documents, bytes, name));
    }
    write(file, content);
    documents += isNew ? 1 : 0;
    bytes = after;
  }

  private static void write(Path file, byte[] content) throws IOException {
    var unfinished = file.resolveSibling("." + file.getFileName() + UNFINISHED);
    try {
      try (var out = FileChannel.open(unfinished, CREATE_NEW, WRITE)) {
        for (var rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
          out.write(rest);
        }
        out.force(true);
      }
      Files.move(unfinished, file, ATOMIC_MOVE, REPLACE_EXISTING);
      try (var parent = FileChannel.open(file.resolveSibling(""), READ)) {
        parent.force(true);
      }
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw WriteFailure.at(file, e);
    }
  }

  /// Lets others change the folder.
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
