package dev.testudo.image.layout;

import dev.testudo.trust.files.FileLocks;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Whoever changes the index of a layout has its lock, so that two writers do not lose each other's
/// change.
final class LayoutLock implements Closeable {
  static final String NAME = ".testudo.lock";
  private static final long WAIT_SECONDS = 30;
  private static final long POLL_MILLIS = 20;

  /// Locks of files are those of a process; this one is for its threads.
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final FileChannel channel;

  private LayoutLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Waits for the lock.
  ///
  /// @throws IOException if another process has it for half a minute
  static LayoutLock take(Path directory) throws IOException {
    var file = directory.resolve(NAME);
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    THREADS.lock();
    try {
      var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        while (!FileLocks.take(channel)) {
          if (System.nanoTime() - deadline > 0) {
            throw new IOException(
                "another process has had %s locked for %d seconds".formatted(file, WAIT_SECONDS));
          }
          Thread.sleep(POLL_MILLIS);
        }
        return new LayoutLock(channel);
      } catch (InterruptedException e) {
        channel.close();
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for %s".formatted(file), e);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      THREADS.unlock();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      THREADS.unlock();
    }
  }
}
