package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;

/// The space that files take, and that there is for them: fallocate(2), which not every file system
/// has, and statfs(2).
public final class FileSpace {
  private static final int KEEP_SIZE = 0x01;
  private static final int PUNCH_HOLE = 0x02;
  private static final int EDQUOT = 122;

  // struct statfs, which has 120 bytes on 64-bit architectures.
  private static final long STATFS_BYTES = 120;
  private static final long BLOCKS = 16;
  private static final long BLOCKS_AVAILABLE = 32;
  private static final long FRAGMENT_SIZE = 72;

  private FileSpace() {}

  /// Reserves space from `offset` on, and makes the file at least that long. Returns false if the
  /// file system cannot.
  ///
  /// @throws ErrnoException ENOSPC or EDQUOT if there is no space
  public static boolean allocate(String path, long offset, long length) throws ErrnoException {
    return fallocate(path, 0, offset, length);
  }

  /// Gives the space of a range back; its bytes are 0 then. Returns false if the file system
  /// cannot.
  public static boolean punch(String path, long offset, long length) throws ErrnoException {
    return fallocate(path, KEEP_SIZE | PUNCH_HOLE, offset, length);
  }

  /// The space of a file system, in bytes.
  ///
  /// @param free what a user without privileges can still allocate
  public record Total(long total, long free) {}

  /// Returns the space of the file system of `path`.
  public static Total of(String path) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path);
      var statfs = arena.allocate(STATFS_BYTES, Long.BYTES);
      long result = Native.call(SystemCall.STATFS, name.address(), statfs.address());
      Native.checked("statfs " + path, result);
      long block = statfs.get(JAVA_LONG, FRAGMENT_SIZE);
      return new Total(
          block * statfs.get(JAVA_LONG, BLOCKS), block * statfs.get(JAVA_LONG, BLOCKS_AVAILABLE));
    }
  }

  /// Returns whether the call failed because there is no space.
  public static boolean isNoSpace(ErrnoException e) {
    return e.errno() == Errno.ENOSPC || e.errno() == EDQUOT;
  }

  private static boolean fallocate(String path, int mode, long offset, long length)
      throws ErrnoException {
    try (var file = Files.open(path, Files.O_RDWR | Files.O_NOFOLLOW)) {
      while (true) {
        long result = Native.call(SystemCall.FALLOCATE, file.value(), mode, offset, length);
        if (result == -Errno.EOPNOTSUPP || result == -Errno.ENOSYS) {
          return false;
        }
        if (result != -Errno.EINTR) {
          Native.checked("fallocate " + path, result);
          return true;
        }
      }
    }
  }
}
