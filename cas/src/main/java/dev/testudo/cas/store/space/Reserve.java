package dev.testudo.cas.store.space;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Set;

/// Reserves disk space in a file for what CAS must write while the disk is full: the audit events
/// of reads and deliveries.
public final class Reserve {
  private static final int BYTES = 4 << 20;
  private static final int BLOCK = 64 << 10;

  private final Path file;
  private final SecureRandom random;

  /// Creates the reserve in `directory`.
  public Reserve(Path directory, SecureRandom random) {
    this.file = directory.resolve("reserve");
    this.random = random;
  }

  /// Reserves the space, if that is not done yet and twice as much is available.
  ///
  /// @return true if the space is reserved
  boolean fill() {
    try {
      if (Files.exists(file) && Files.size(file) == BYTES) {
        return true;
      }
      if (Files.getFileStore(file.getParent()).getUsableSpace() < 2L * BYTES) {
        return false;
      }
      write();
      return true;
    } catch (IOException e) {
      free();
      return false;
    }
  }

  /// Returns true if there is enough free space to continue: as much as the reserve, or an
  /// eighth of a small disk.
  boolean isEnough() {
    try {
      var store = Files.getFileStore(file.getParent());
      return store.getUsableSpace() >= Math.min(BYTES, store.getTotalSpace() / 8);
    } catch (IOException e) {
      return false;
    }
  }

  /// Writes random bytes, which no file system can store in less space.
  private void write() throws IOException {
    try (var out =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE))) {
      var block = new byte[BLOCK];
      random.nextBytes(block);
      for (var i = 0; i < BYTES / BLOCK; i++) {
        var buffer = ByteBuffer.wrap(block);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
      out.force(true);
    }
  }

  /// Releases the reserved space.
  ///
  /// @return true if there was any
  boolean free() {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      return false;
    }
  }
}
