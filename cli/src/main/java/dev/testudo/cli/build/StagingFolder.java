package dev.testudo.cli.build;

import dev.testudo.cli.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
      var folder = Files.createTempDirectory(parent, PREFIX);
      var channel = lockFile(folder);
      // Another build may have removed the folder before it was locked.
      if (tryLock(channel) != null && Files.exists(folder.resolve(LOCK))) {
        return new StagingFolder(folder, channel);
      }
      channel.close();
    }
    throw new IOException("no folder in %s can be locked".formatted(parent));
  }

  private static void removeLeftovers(Path parent) throws IOException {
    try (var left = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (var folder : left) {
        if (Files.exists(folder.resolve(LOCK))) {
          try (var channel = lockFile(folder)) {
            if (tryLock(channel) != null) {
              PrivateFiles.delete(folder);
            }
          }
        }
      }
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
