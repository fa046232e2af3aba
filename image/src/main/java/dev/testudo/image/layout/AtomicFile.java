package dev.testudo.image.layout;

import dev.testudo.trust.files.FileLocks;
import dev.testudo.trust.files.WriteFailure;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A file that appears under its name only when it is complete and on the disk. Until then it has a
/// temporary name in the same directory and a lock, by which [#sweep] tells it from what a killed
/// process left behind.
final class AtomicFile implements Closeable {
  static final String PREFIX = ".testudo-";
  private static final String SUFFIX = ".tmp";

  private static final int MAX_ATTEMPTS = 10;

  /// Those of this process: looking at one would release its lock.
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path temporary;
  private final FileChannel channel;
  private boolean committed;

  private AtomicFile(Path temporary, FileChannel channel) {
    this.temporary = temporary;
    this.channel = channel;
  }

  /// Creates a file in `directory`, readable by everybody whom the umask allows.
  static AtomicFile in(Path directory) throws IOException {
    for (var attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      var temporary = directory.toAbsolutePath().resolve(PREFIX + UUID.randomUUID() + SUFFIX);
      OWN.add(temporary);
      var file =
          new AtomicFile(
              temporary,
              FileChannel.open(
                  temporary,
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE));
      // Another process may have swept it before it had its lock.
      if (FileLocks.take(file.channel) && Files.exists(temporary)) {
        return file;
      }
      file.close();
    }
    throw new IOException("%s cannot be written: its files cannot be locked".formatted(directory));
  }

  /// Returns a stream that writes at the end of the file. It need not be closed.
  OutputStream output() {
    return new Output(Channels.newOutputStream(channel), directory());
  }

  /// Says in which directory writing has failed: nobody knows the temporary name.
  private static final class Output extends OutputStream {
    private final OutputStream out;
    private final Path directory;

    Output(OutputStream out, Path directory) {
      this.out = out;
      this.directory = directory;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      try {
        out.write(buffer, offset, length);
      } catch (IOException e) {
        throw WriteFailure.at(directory, e);
      }
    }
  }

  private Path directory() {
    return temporary.resolveSibling("").normalize();
  }

  FileChannel channel() {
    return channel;
  }

  /// Gives the file its name, replacing what had it.
  void commit(Path target) throws IOException {
    try {
      channel.force(true);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      committed = true;
      force(temporary.getParent());
    } catch (IOException e) {
      throw WriteFailure.at(directory(), e);
    }
  }

  /// Writes the entries of a directory to the disk.
  private static void force(@Nullable Path directory) throws IOException {
    if (directory != null) {
      try (var opened = FileChannel.open(directory, StandardOpenOption.READ)) {
        opened.force(true);
      }
    }
  }

  /// Removes the file unless it has its name.
  @Override
  public void close() throws IOException {
    try (channel) {
      if (!committed) {
        Files.deleteIfExists(temporary);
      }
    } finally {
      OWN.remove(temporary);
    }
  }

  /// Removes what killed processes left in `directory`.
  static void sweep(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory.toAbsolutePath(), PREFIX + "*" + SUFFIX)) {
      for (var file : files) {
        if (!OWN.contains(file)) {
          sweepFile(file);
        }
      }
    }
  }

  private static void sweepFile(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (FileLocks.take(channel)) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // It has its name by now.
    }
  }
}
