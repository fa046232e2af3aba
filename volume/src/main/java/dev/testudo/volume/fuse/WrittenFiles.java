package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseNotifier;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import java.util.concurrent.atomic.AtomicLongArray;

/// Tells the kernel to forget the attributes of a file that is written, because it would not notice
/// that the file takes more space. It does so once, until somebody asks for the attributes again.
///
/// What was told is kept in a table of fixed size. If two files share a place, the kernel is told
/// more often than necessary.
final class WrittenFiles {
  private static final int PLACES = 1 << 12;

  private final AtomicLongArray told = new AtomicLongArray(PLACES);
  private final FuseNotifier notifier;

  WrittenFiles(FuseNotifier notifier) {
    this.notifier = notifier;
  }

  private static int place(long node) {
    return (int) (node & (PLACES - 1));
  }

  /// The attributes of a file are about to be read for the kernel.
  void asked(long node) {
    told.compareAndSet(place(node), node, 0);
  }

  /// A file was written.
  void written(long node) throws ErrnoException {
    if (told.get(place(node)) == node) {
      return;
    }
    told.set(place(node), node);
    try {
      notifier.invalidateInode(node, -1, 0);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENODEV && e.errno() != Errno.ENOTCONN) {
        throw e;
      }
      // The mount is gone.
    }
  }
}
