package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.util.OptionalInt;

/// Reads files that the kernel generates on reading (proc(5)). Their reported size is 0, so
/// `java.nio.file.Files.readString` first reads a single byte. A numeric setting in `/proc/sys`
/// returns nothing for a later read, so that 1024 would be read as `1`.
public final class ProcFile {
  private static final int PORTION = 16 * 1024;

  private ProcFile() {}

  /// Returns the whole content, one character per byte, because names of programs and files may
  /// contain any bytes.
  public static String read(String path) throws ErrnoException {
    try (var fd = Files.open(path, Files.O_RDONLY);
        var arena = Arena.ofConfined()) {
      var portion = arena.allocate(PORTION);
      var all = new ByteArrayOutputStream();
      for (int count = Files.read(fd, portion); count > 0; count = Files.read(fd, portion)) {
        all.writeBytes(portion.asSlice(0, count).toArray(JAVA_BYTE));
      }
      return all.toString(ISO_8859_1);
    }
  }

  /// Returns the number that is the whole content. Returns empty if there is no such file, or its
  /// content is not a number.
  public static OptionalInt number(String path) {
    try {
      return OptionalInt.of(Integer.parseInt(read(path).strip()));
    } catch (ErrnoException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
