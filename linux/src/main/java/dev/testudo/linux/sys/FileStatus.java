package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What the kernel reports about a file, in the kernel's own format, to pass it on to another
/// process.
public final class FileStatus {
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_EACCESS = 0x200;
  private static final long PROC_SUPER_MAGIC = 0x9fa0;

  /// `struct stat` on x86-64 has 144 bytes, on aarch64 128.
  private static final boolean X86 = Architecture.current().equals(Architecture.X86_64);

  private static final int STAT_SIZE = X86 ? 144 : 128;
  private static final int STATX_SIZE = 256;
  private static final int STATFS_SIZE = 120;
  private static final int LINKS_IN_STATX = 0x10;

  private FileStatus() {}

  /// Returns `struct stat`. A file without a name, as a memory file is, has one link in it:
  /// programs take a file without links for a deleted one.
  public static byte[] stat(Fd fd) throws ErrnoException {
    return ask(
        STAT_SIZE,
        "fstatat",
        (empty, result) -> {
          long done =
              Native.call(
                  SystemCall.NEWFSTATAT,
                  fd.value(),
                  empty.address(),
                  result.address(),
                  AT_EMPTY_PATH);
          // st_nlink: 8 bytes before st_mode on x86-64, 4 bytes after it on aarch64.
          if (X86 && result.get(JAVA_LONG, 16) == 0) {
            result.set(JAVA_LONG, 16, 1);
          } else if (!X86 && result.get(JAVA_INT, 20) == 0) {
            result.set(JAVA_INT, 20, 1);
          }
          return done;
        });
  }

  /// Returns `struct statx`, with one link as [#stat].
  ///
  /// @param mask which fields are wanted (`STATX_*`)
  public static byte[] statx(Fd fd, int mask) throws ErrnoException {
    return ask(
        STATX_SIZE,
        "statx",
        (empty, result) -> {
          long done =
              Native.call(
                  SystemCall.STATX,
                  fd.value(),
                  empty.address(),
                  AT_EMPTY_PATH,
                  mask,
                  result.address());
          if (result.get(JAVA_INT, LINKS_IN_STATX) == 0) {
            result.set(JAVA_INT, LINKS_IN_STATX, 1);
          }
          return done;
        });
  }

  /// Returns `struct statfs` of the file system that contains the file.
  public static byte[] fileSystem(Fd fd) throws ErrnoException {
    return ask(
        STATFS_SIZE,
        "statfs",
        (_, result) -> {
          try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom("/proc/self/fd/" + fd.value());
            return Native.call(SystemCall.STATFS, name.address(), result.address());
          }
        });
  }

  /// Returns whether the file belongs to the file system of proc(5), under any path.
  public static boolean isOfProcesses(Fd fd) throws ErrnoException {
    var type = ByteBuffer.wrap(fileSystem(fd)).order(ByteOrder.nativeOrder()).getLong(0);
    return type == PROC_SUPER_MAGIC;
  }

  /// Checks access as faccessat(2) does with the effective ids. Returns 0 or the error number.
  ///
  /// @param mode `R_OK` (4), `W_OK` (2), `X_OK` (1)
  public static int access(Fd fd, int mode) {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom("/proc/self/fd/" + fd.value());
      int at = Files.AT_FDCWD;
      long result = Native.call(SystemCall.FACCESSAT2, at, name.address(), mode, AT_EACCESS);
      // Old kernels and old profiles of containers lack the call. There the ids are the same.
      return result == -Errno.ENOSYS || result == -Errno.EPERM
          ? (int) -Native.call(SystemCall.FACCESSAT, at, name.address(), mode)
          : (int) -result;
    }
  }

  private interface Question {
    long into(MemorySegment empty, MemorySegment result);
  }

  private static byte[] ask(int size, String what, Question question) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var result = arena.allocate(size, 8);
      Native.checked(what, question.into(arena.allocateFrom(""), result));
      return result.toArray(JAVA_BYTE);
    }
  }
}
