package dev.testudo.cli.build;

import dev.testudo.cli.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A folder for the layers of one build, deleted at its end. Its process locks it, so that the next
/// build can tell what a killed one has left.
final class StagingFolder implements AutoCloseable {
  private static final String PREFIX = ".build-";
  private static final String LOCK = "lock";
  private static final int ATTEMPTS = 5;

  private final Path folder;
  private final FileChannel channel;

  private StagingFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /// Creates a folder in `parent`, and removes those of builds that were killed.
  static StagingFolder in(Path parent) throws IOException {
    Files.createDirectories(parent);
    removeLeftovers(parent);
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      var locked = locked(Files.createTempDirectory(parent, PREFIX));
      if (locked.isPresent()) {
        return locked.get();
      }
    }
    throw new IOException("no folder in %s can be locked".formatted(parent));
  }

  /// Locks a folder. Another build may have removed it before.
  private static Optional<StagingFolder> locked(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel = lockFile(folder);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (tryLock(channel) != null && Files.exists(folder.resolve(LOCK))) {
      return Optional.of(new StagingFolder(folder, channel));
    }
    channel.close();
    return Optional.empty();
  }

  private static void removeLeftovers(Path parent) throws IOException {
    try (var left = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (var folder : left) {
        removeLeftover(folder);
      }
    }
  }

  /// Removes a folder that no process has locked, also if its process was killed before it could.
  private static void removeLeftover(Path folder) throws IOException {
    try (var channel = lockFile(folder)) {
      if (tryLock(channel) != null) {
        PrivateFiles.delete(folder);
      }
    } catch (NoSuchFileException | DirectoryNotEmptyException e) {
      // Another build removes it, too, or has just locked it.
    }
  }

  private static FileChannel lockFile(Path folder) throws IOException {
    return FileChannel.open(
        folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another thread of this process has it
    }
  }

  /// Returns a path in the folder.
  Path resolve(String name) {
    return folder.resolve(name);
  }

  @Override
  public void close() throws IOException {
    PrivateFiles.delete(folder);
    channel.close();
  }
}
