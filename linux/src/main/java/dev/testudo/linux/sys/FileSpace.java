package dev.testudo.linux.sys;

/// The space that files take: fallocate(2). Not every file system has it.
public final class FileSpace {
  private static final int KEEP_SIZE = 0x01;
  private static final int PUNCH_HOLE = 0x02;
  private static final int EDQUOT = 122;

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
