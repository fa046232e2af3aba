package dev.testudo.cli.files;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.testudo.trust.files.WriteFailure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/// A file whose content is on the disk already, and that appears under its name only when something
/// else has succeeded. So that something is not begun if the file could not be written.
public final class PendingFile implements Closeable {
  private final Path file;
  private final Path temporary;

  private PendingFile(Path file, Path temporary) {
    this.file = file;
    this.temporary = temporary;
  }

  /// Writes the content beside `file`, whose directory is created if it does not exist.
  ///
  /// @throws IOException if it cannot be written, or `file` is something else than a regular file
  public static PendingFile write(Path file, byte[] content) throws IOException {
    var absolute = file.toAbsolutePath();
    if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
      throw new IOException("%s is not a regular file".formatted(file));
    }
    var target = Files.exists(absolute) ? absolute.toRealPath() : absolute;
    var parent = target.getParent();
    if (parent == null) {
      throw new AssertionError("the root is not a regular file");
    }
    Files.createDirectories(parent);
    var temporary =
        target.resolveSibling(
            ".%s.%d.new".formatted(target.getFileName(), ProcessHandle.current().pid()));
    Files.deleteIfExists(temporary);
    removeLeftovers(parent, target);
    var pending = new PendingFile(target, temporary);
    try {
      Files.write(temporary, content, CREATE_NEW, WRITE);
    } catch (IOException e) {
      pending.close();
      throw WriteFailure.at(file, e);
    }
    return pending;
  }

  /// Removes what processes have left that were killed more than a day ago.
  private static void removeLeftovers(Path directory, Path target) throws IOException {
    var name = Pattern.quote("." + target.getFileName() + ".") + "[0-9]+" + Pattern.quote(".new");
    var old = Instant.now().minus(Duration.ofDays(1));
    try (var files =
        Files.newDirectoryStream(
            directory, file -> String.valueOf(file.getFileName()).matches(name))) {
      for (var file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (DirectoryIteratorException | NoSuchFileException e) {
      // Another process has removed one.
    }
  }

  /// Gives the file its name, in place of what has the name.
  public void commit() throws IOException {
    Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  /// Removes the content, unless [#commit] has given it its name.
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(temporary);
  }
}
