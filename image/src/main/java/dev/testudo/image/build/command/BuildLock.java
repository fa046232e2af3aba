package dev.testudo.image.build.command;

import dev.testudo.trust.files.FileLocks;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The lock of a file, which the kernel releases when this process ends. Locks belong to processes;
/// this class is also for the threads of one.
final class BuildLock implements Closeable {
  private static final long POLL_MILLIS = 50;

  /// Those of this process: opening and closing one's file again would release its lock.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private BuildLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// Takes a lock; returns empty if somebody else has it.
  static Optional<BuildLock> take(Path path) throws IOException {
    var file = path.toAbsolutePath().normalize();
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    var taken = Optional.<BuildLock>empty();
    try {
      var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (FileLocks.take(channel)) {
        taken = Optional.of(new BuildLock(file, channel));
      } else {
        channel.close();
      }
    } finally {
      if (taken.isEmpty()) {
        HELD.remove(file);
      }
    }
    return taken;
  }

  /// Waits for a lock.
  ///
  /// @param nanos how long
  /// @param waits called once if somebody else has it
  /// @throws BuildException if somebody else has it for too long, or this thread is interrupted
  static BuildLock await(Path file, long nanos, Runnable waits) throws IOException {
    var start = System.nanoTime();
    var first = take(file);
    if (first.isPresent()) {
      return first.get();
    }
    waits.run();
    try {
      while (System.nanoTime() - start < nanos) {
        Thread.sleep(POLL_MILLIS);
        var lock = take(file);
        if (lock.isPresent()) {
          return lock.get();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException(BuildFault.INTERRUPTED, "the build was interrupted", List.of());
    }
    throw new BuildException(
        BuildFault.LOCKED,
        "another process has had %s locked for %d s; end it, or wait for it"
            .formatted(file, nanos / 1_000_000_000),
        List.of());
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(file);
    }
  }
}
