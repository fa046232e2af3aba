package dev.testudo.linux.mount;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.Native;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.linux.sys.UserIds;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/// Writes files. Unlike `java.nio`, it wipes the buffers of a content that it is given whole.
public final class NewFile {
  private static final int CHUNK = 64 << 10;
  private static final int OWNER_ONLY = 0600;

  private NewFile() {}

  /// Writes `content` to a new file.
  ///
  /// @param mode permission bits, which are set once the file is complete
  public static void write(Path path, int mode, byte[] content) throws ErrnoException {
    write(path, mode, Optional.empty(), content);
  }

  /// Writes `content` to a new file that belongs to `owner`.
  ///
  /// @param mode permission bits, which are set once the file is complete
  public static void write(Path path, int mode, UserIds owner, byte[] content)
      throws ErrnoException {
    write(path, mode, Optional.of(owner), content);
  }

  /// Writes what `content` provides to a new file that belongs to `owner`. Copies it in pieces.
  ///
  /// @param mode permission bits, which are set once the file is complete
  /// @throws IOException if the content cannot be read to its end; the file is incomplete then
  public static void write(Path path, int mode, UserIds owner, InputStream content)
      throws IOException {
    try (var arena = Arena.ofConfined();
        var file = create(arena, path)) {
      var buffer = arena.allocate(CHUNK);
      var piece = new byte[CHUNK];
      for (var n = content.read(piece); n >= 0; n = content.read(piece)) {
        append(file, piece, n, buffer);
      }
      complete(path, file, mode, Optional.of(owner));
    }
  }

  private static void write(Path path, int mode, Optional<UserIds> owner, byte[] content)
      throws ErrnoException {
    try (var arena = Arena.ofConfined();
        var file = create(arena, path)) {
      var buffer = arena.allocate(Math.max(1, Math.min(CHUNK, content.length)));
      try {
        append(file, content, content.length, buffer);
      } finally {
        buffer.fill((byte) 0);
      }
      complete(path, file, mode, owner);
    }
  }

  /// Writes the first `length` bytes of `content` through `buffer`.
  private static void append(Fd file, byte[] content, int length, MemorySegment buffer)
      throws ErrnoException {
    for (var done = 0; done < length; ) {
      var part = buffer.asSlice(0, Math.min(buffer.byteSize(), length - done));
      MemorySegment.copy(content, done, part, ValueLayout.JAVA_BYTE, 0, (int) part.byteSize());
      done += Files.write(file, part);
    }
  }

  private static void complete(Path path, Fd file, int mode, Optional<UserIds> owner)
      throws ErrnoException {
    if (owner.isPresent()) {
      Files.setOwner(file, owner.get().uid(), owner.get().gid());
    }
    Native.checked("fchmod " + path, Native.call(SystemCall.FCHMOD, file.value(), mode));
  }

  private static Fd create(Arena arena, Path path) throws ErrnoException {
    var name = arena.allocateFrom(path.toString());
    var flags = Files.O_WRONLY | Files.O_CREAT | Files.O_EXCL | Files.O_CLOEXEC;
    var result = Native.call(SystemCall.OPENAT, Files.AT_FDCWD, name.address(), flags, OWNER_ONLY);
    return new Fd((int) Native.checked("create " + path, result));
  }
}
