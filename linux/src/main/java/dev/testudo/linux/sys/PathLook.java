package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Looks at paths without opening files and without exceptions, for callers that look at many.
///
/// Paths have one character per byte (ISO 8859-1), because names of files may contain any bytes.
/// The methods share native memory, so one object belongs to one thread.
public final class PathLook {
  /// The longest path that the kernel accepts, with its NUL (`PATH_MAX`).
  public static final int MOST_BYTES = 4096;

  private final MemorySegment path = Arena.ofAuto().allocate(2L * MOST_BYTES);
  private final MemorySegment target = Arena.ofAuto().allocate(MOST_BYTES);
  private final MemorySegment how = Arena.ofAuto().allocate(JAVA_LONG, 3);

  /// What is at a path.
  public sealed interface Entry {
    /// A symbolic link.
    record Link(String target) implements Entry {}

    /// Anything else that exists.
    record Other() implements Entry {}

    /// Nothing that can be looked at.
    record Absent(int errno) implements Entry {}
  }

  private static final Entry OTHER = new Entry.Other();

  /// Returns what is at `name`. Does not follow a link at its end.
  public Entry at(String name) {
    if (!store(name)) {
      return new Entry.Absent(Errno.ENAMETOOLONG);
    }
    long result =
        Native.call(
            SystemCall.READLINKAT,
            Files.AT_FDCWD,
            path.address(),
            target.address(),
            target.byteSize());
    if (result >= 0) {
      return new Entry.Link(new String(target.asSlice(0, result).toArray(JAVA_BYTE), ISO_8859_1));
    }
    return result == -Errno.EINVAL ? OTHER : new Entry.Absent((int) -result);
  }

  /// Returns the target of the symbolic link `name`, or empty if it cannot be read.
  public Optional<String> link(String name) {
    return at(name) instanceof Entry.Link(var to) ? Optional.of(to) : Optional.empty();
  }

  /// Opens `name` with `O_PATH` and closes it. Returns 0 or the error number.
  ///
  /// @param flags in addition to `O_PATH`
  /// @param resolve `RESOLVE_*`
  public int tryOpen(String name, int flags, int resolve) {
    if (!store(name)) {
      return Errno.ENAMETOOLONG;
    }
    how.setAtIndex(JAVA_LONG, 0, Files.O_PATH | Files.O_CLOEXEC | flags);
    how.setAtIndex(JAVA_LONG, 1, 0);
    how.setAtIndex(JAVA_LONG, 2, resolve);
    long result =
        Native.call(
            SystemCall.OPENAT2, Files.AT_FDCWD, path.address(), how.address(), how.byteSize());
    if (result < 0) {
      return (int) -result;
    }
    Native.call(SystemCall.CLOSE, result);
    return 0;
  }

  private boolean store(String name) {
    var bytes = name.getBytes(ISO_8859_1);
    if (bytes.length >= path.byteSize()) {
      return false;
    }
    MemorySegment.copy(bytes, 0, path, JAVA_BYTE, 0, bytes.length);
    path.set(JAVA_BYTE, bytes.length, (byte) 0);
    return true;
  }
}
