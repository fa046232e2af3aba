package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.util.OptionalInt;

/// Files that the kernel writes as they are read (proc(5)). Their size is said to be 0, so
/// `java.nio.file.Files.readString` asks for a single byte first; and a numeric setting below
/// `/proc/sys` gives nothing at any later place: of 1024 only the `1` would be seen.
public final class ProcFile {
  private static final int PORTION = 16 * 1024;

  private ProcFile() {}

  /// All of it, with a character for each byte: names of programs and files are whatever bytes
  /// their makers like.
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

  /// The number that is all there is in it; empty when there is no such file, or no number in it.
  public static OptionalInt number(String path) {
    try {
      return OptionalInt.of(Integer.parseInt(read(path).strip()));
    } catch (ErrnoException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
