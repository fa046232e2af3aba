package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/// Attributes of the kernel: files in configfs and sysfs, and files that behave like them. One
/// write(2) sets a value; the number of an error says what the kernel did not like.
public final class KernelAttributes {
  private static final int READ_WRITE_SEARCH = 0700;

  private KernelAttributes() {}

  /// Reads an attribute to its end.
  ///
  /// @param limit the most bytes
  /// @throws ErrnoException EFBIG if there are more; otherwise the error of the kernel
  public static byte[] read(Path file, int limit) throws ErrnoException {
    try (var fd = Files.open(file.toString(), Files.O_RDONLY);
        var arena = Arena.ofConfined()) {
      var room = arena.allocate(limit + 1L);
      var length = 0;
      int count = Files.read(fd, room);
      while (count > 0) {
        length += count;
        if (length > limit) {
          throw new ErrnoException("read " + file, Errno.EFBIG);
        }
        count = Files.read(fd, room.asSlice(length));
      }
      return room.asSlice(0, length).toArray(JAVA_BYTE);
    }
  }

  /// Sets an attribute with one write(2). configfs takes the value of a binary attribute only when
  /// the file is closed, and reports no error then.
  ///
  /// @throws ErrnoException EIO if the kernel took only a part
  public static void write(Path file, byte[] value) throws ErrnoException {
    try (var fd = Files.open(file.toString(), Files.O_WRONLY);
        var arena = Arena.ofConfined()) {
      int count = Files.write(fd, arena.allocateFrom(JAVA_BYTE, value));
      if (count != value.length) {
        throw new ErrnoException("write " + file, Errno.EIO);
      }
    }
  }

  /// Creates a directory. In configfs, this creates an object of the kernel with its attributes.
  public static void makeDirectory(Path directory) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(directory.toString());
      long result =
          Native.call(SystemCall.MKDIRAT, Files.AT_FDCWD, name.address(), READ_WRITE_SEARCH);
      Native.checked("mkdir " + directory, result);
    }
  }

  /// Removes a directory. In configfs, its attributes go with it.
  public static void removeDirectory(Path directory) throws ErrnoException {
    Files.unlink(directory.toString(), true);
  }
}
