package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// File system calls that `java.nio.file` lacks, one method each.
public final class Files {
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_DIRECTORY = Architecture.current().differences().directory();
  public static final int O_NOFOLLOW = Architecture.current().differences().noFollow();
  public static final int O_CLOEXEC = 0x80000;
  public static final int O_PATH = 0x200000;

  public static final int RESOLVE_NO_XDEV = 0x01;
  public static final int RESOLVE_NO_MAGICLINKS = 0x02;
  public static final int RESOLVE_NO_SYMLINKS = 0x04;
  public static final int RESOLVE_BENEATH = 0x08;
  public static final int RESOLVE_IN_ROOT = 0x10;

  public static final int S_IFMT = 0xF000;
  public static final int S_IFIFO = 0x1000;
  public static final int S_IFDIR = 0x4000;
  public static final int S_IFREG = 0x8000;
  public static final int S_IFSOCK = 0xC000;

  /// The directory argument for the working directory of this process.
  public static final int AT_FDCWD = -100;

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int STAT_SIZE = 256;
  private static final int STATX_UID = 0x8;
  private static final int STATX_INO = 0x100;

  /// Since Linux 5.8.
  private static final int STATX_MNT_ID = 0x1000;

  private Files() {}

  /// openat(2) relative to the working directory; close-on-exec.
  public static Fd open(String path, int flags) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path);
      long result = Native.call(SystemCall.OPENAT, AT_FDCWD, name.address(), flags | O_CLOEXEC, 0);
      return new Fd((int) Native.checked("open " + path, result));
    }
  }

  /// openat2(2): resolves `path` relative to `directory` with the restrictions `resolve`
  /// (`RESOLVE_*`); close-on-exec.
  public static Fd openat2(Fd directory, String path, int flags, int resolve)
      throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path);
      var how = arena.allocateFrom(JAVA_LONG, flags | O_CLOEXEC, 0L, resolve);
      long result =
          Native.call(
              SystemCall.OPENAT2, directory.value(), name.address(), how.address(), how.byteSize());
      return new Fd((int) Native.checked("openat2 " + path, result));
    }
  }

  /// read(2) into native memory. Returns the number of bytes, 0 at the end. May block.
  public static int read(Fd fd, MemorySegment buffer) throws ErrnoException {
    return transfer(SystemCall.READ, fd, buffer);
  }

  /// read(2) into native memory, where errors are results. Returns the number of bytes, or the
  /// negated error number.
  public static int readOrError(Fd fd, MemorySegment buffer) {
    return (int) Native.call(SystemCall.READ, fd.value(), buffer.address(), buffer.byteSize());
  }

  /// Reads up to the next line feed, which is consumed but not returned, up to the end, or `limit`
  /// bytes. It reads one byte at a time, so later data is left for the next reader, and wipes its
  /// buffer. May block.
  public static byte[] readLine(Fd fd, int limit) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var line = arena.allocate(limit);
      var length = 0;
      while (length < limit
          && read(fd, line.asSlice(length, 1)) == 1
          && line.get(JAVA_BYTE, length) != '\n') {
        length++;
      }
      var bytes = line.asSlice(0, length).toArray(JAVA_BYTE);
      line.fill((byte) 0);
      return bytes;
    }
  }

  /// write(2) from native memory. Returns the number of bytes written. May block.
  public static int write(Fd fd, MemorySegment buffer) throws ErrnoException {
    return transfer(SystemCall.WRITE, fd, buffer);
  }

  /// write(2) from memory that may be on the heap, to a descriptor whose writes never wait for
  /// anybody. Returns the number of bytes written.
  public static int writeAtOnce(Fd fd, MemorySegment buffer) throws ErrnoException {
    long result = Native.heapCall(SystemCall.WRITE, fd.value(), buffer, buffer.byteSize(), 0);
    return (int) Native.checked("write", result);
  }

  /// Returns the target of the symbolic link at `path`.
  public static String readlink(String path) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path);
      var target = arena.allocate(4096);
      long result =
          Native.call(
              SystemCall.READLINKAT, AT_FDCWD, name.address(), target.address(), target.byteSize());
      int length = (int) Native.checked("readlink " + path, result);
      return new String(target.asSlice(0, length).toArray(JAVA_BYTE), UTF_8);
    }
  }

  /// Returns the type and permission bits (`st_mode`) of the file of `fd`.
  public static int mode(Fd fd) throws ErrnoException {
    return stat(fd).get(JAVA_INT, Architecture.current().differences().modeInStat());
  }

  /// Returns the owning user's id (`st_uid`) of the file of `fd`.
  public static int owner(Fd fd) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      return statx(arena, fd, STATX_UID).get(JAVA_INT, 0x14);
    }
  }

  /// Returns the inode number (`st_ino`) of the file of `fd`.
  public static long inode(Fd fd) throws ErrnoException {
    return stat(fd).get(JAVA_LONG, 8);
  }

  /// Returns whether both descriptors refer to the same file through the same mount, so that
  /// relative paths from both lead to the same place.
  public static boolean isSamePlace(Fd one, Fd other) throws ErrnoException {
    return place(one).equals(place(other));
  }

  /// Returns whether both descriptors refer to the same file, under any name and mount.
  public static boolean isSameFile(Fd one, Fd other) throws ErrnoException {
    return identity(one).equals(identity(other));
  }

  private record Identity(long device, long inode) {}

  private static Identity identity(Fd fd) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var stat = statx(arena, fd, STATX_INO);
      // The device's major and minor numbers, 4 bytes each.
      return new Identity(stat.get(JAVA_LONG, 0x88), stat.get(JAVA_LONG, 0x20));
    }
  }

  private record Place(long mount, long inode) {}

  private static Place place(Fd fd) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var stat = statx(arena, fd, STATX_INO | STATX_MNT_ID);
      return new Place(stat.get(JAVA_LONG, 0x90), stat.get(JAVA_LONG, 0x20));
    }
  }

  private static MemorySegment statx(Arena arena, Fd fd, int wanted) throws ErrnoException {
    var empty = arena.allocateFrom("");
    var stat = arena.allocate(STAT_SIZE, 8);
    long result =
        Native.call(
            SystemCall.STATX, fd.value(), empty.address(), AT_EMPTY_PATH, wanted, stat.address());
    Native.checked("statx", result);
    return stat;
  }

  /// Sets the permission bits of the file of `fd`, which must not be an `O_PATH` descriptor.
  public static void setMode(Fd fd, int mode) throws ErrnoException {
    Native.checked("fchmod", Native.call(SystemCall.FCHMOD, fd.value(), mode));
  }

  /// Sets the permission bits of the file at `path`. Follows links.
  public static void setMode(String path, int mode) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path);
      long result = Native.call(SystemCall.FCHMODAT, AT_FDCWD, name.address(), mode);
      Native.checked("chmod " + path, result);
    }
  }

  /// Sets the owner and group of the file of `fd`, which must not be an `O_PATH` descriptor. -1
  /// leaves an id unchanged.
  public static void setOwner(Fd fd, int uid, int gid) throws ErrnoException {
    Native.checked("fchown", Native.call(SystemCall.FCHOWN, fd.value(), uid, gid));
  }

  private static MemorySegment stat(Fd fd) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var empty = arena.allocateFrom("");
      var stat = Arena.ofAuto().allocate(STAT_SIZE, 8);
      long result =
          Native.call(
              SystemCall.NEWFSTATAT, fd.value(), empty.address(), stat.address(), AT_EMPTY_PATH);
      Native.checked("fstatat", result);
      return stat;
    }
  }

  /// Returns the status flags of the open file description (`F_GETFL`).
  public static int statusFlags(Fd fd) throws ErrnoException {
    return (int) Native.checked("fcntl", Native.call(SystemCall.FCNTL, fd.value(), F_GETFL));
  }

  /// Sets `O_NONBLOCK`: calls return EAGAIN instead of blocking.
  public static void setNonBlocking(Fd fd) throws ErrnoException {
    setNonBlocking(fd, true);
  }

  /// Sets or clears `O_NONBLOCK` of the open file description, for all its users.
  public static void setNonBlocking(Fd fd, boolean nonBlocking) throws ErrnoException {
    int flags = statusFlags(fd);
    int wanted = nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    Native.checked("fcntl", Native.call(SystemCall.FCNTL, fd.value(), F_SETFL, wanted));
  }

  /// Removes a file or an empty directory.
  public static void unlink(String path, boolean directory) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path);
      long result =
          Native.call(SystemCall.UNLINKAT, AT_FDCWD, name.address(), directory ? AT_REMOVEDIR : 0);
      Native.checked("unlink " + path, result);
    }
  }

  private static int transfer(SystemCall call, Fd fd, MemorySegment buffer) throws ErrnoException {
    while (true) {
      long result = Native.call(call, fd.value(), buffer.address(), buffer.byteSize());
      if (result != -Errno.EINTR) {
        return (int) Native.checked(call == SystemCall.READ ? "read" : "write", result);
      }
    }
  }
}
