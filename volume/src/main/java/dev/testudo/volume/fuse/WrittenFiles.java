package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseNotifier;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// Tells the kernel to forget the attributes of files that were written, because it would not
/// notice that they take more space. Any thread.
///
/// It does so a moment later, and once for all writes of this moment. The next write of a file
/// whose attributes the kernel has forgotten costs two more requests: the kernel asks for them, and
/// then whether the file has `security.capability`.
final class WrittenFiles implements AutoCloseable {
  private static final int MOMENT_MILLIS = 100;

  /// So many files may wait. If there are more, all are told at once.
  private static final int MOST = 4096;

  private final FuseNotifier notifier;
  private final Executor later =
      CompletableFuture.delayedExecutor(MOMENT_MILLIS, TimeUnit.MILLISECONDS);
  private final Set<Long> waiting = new HashSet<>();

  WrittenFiles(FuseNotifier notifier) {
    this.notifier = notifier;
  }

  /// A file was written.
  void written(long node) {
    int count;
    synchronized (this) {
      if (!waiting.add(node)) {
        return;
      }
      count = waiting.size();
    }
    if (count == 1) {
      later.execute(this::tell);
    } else if (count > MOST) {
      tell();
    }
  }

  /// This never waits for somebody else.
  private synchronized void tell() {
    try {
      for (long node : waiting) {
        notifier.invalidateInode(node, -1, 0);
      }
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENODEV && e.errno() != Errno.ENOTCONN) {
        throw new IllegalStateException(e);
      }
      // The mount is gone.
    } finally {
      waiting.clear();
    }
  }

  /// The kernel is told nothing any more.
  @Override
  public synchronized void close() {
    waiting.clear();
  }
}
