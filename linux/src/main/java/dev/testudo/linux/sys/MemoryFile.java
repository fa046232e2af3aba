package dev.testudo.linux.sys;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/// A sealed file that exists in memory only (memfd_create(2)). Nobody can change its content, not
/// even through a descriptor that was opened earlier.
///
/// [#of] creates a file with its content. [#empty] creates one whose content comes later; it
/// has its attributes already, and is sealed with its content.
///
/// The kernel keeps its pages out of the swap space if this process may lock that much memory
/// (`RLIMIT_MEMLOCK`).
public final class MemoryFile implements AutoCloseable {
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;

  /// Since Linux 6.3. Older kernels create every memory file as executable.
  private static final int MFD_EXEC = 0x10;

  private static final int F_ADD_SEALS = 1033;

  /// `F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE`.
  private static final int SEALS = 0xf;

  private static final int EXECUTABLE = 0111;
  private static final int CHUNK = 64 << 10;
  private static final int LONGEST_NAME = 200;
  private static final int PROT_READ = 1;
  private static final int MAP_SHARED = 1;
  private static final int HIGHEST_ERROR = 4095;

  private final Fd fd;
  private final long length;

  /// The descriptor through which the content is written, until it is.
  private Optional<Fd> writable;

  /// Where the content is mapped to keep it out of the swap space, or 0.
  private long locked;

  private MemoryFile(Fd fd, Fd writable, long length) {
    this.fd = fd;
    this.writable = Optional.of(writable);
    this.length = length;
  }

  /// Creates a file.
  ///
  /// @param name what `/proc/<pid>/fd` shows for it
  /// @param mode permission bits
  /// @param owner its owner, if it is not this process's user
  /// @throws ErrnoException `EPERM` if this process may not give it to `owner`
  public static MemoryFile of(String name, byte[] content, int mode, Optional<UserIds> owner)
      throws ErrnoException {
    var file = empty(name, content.length, mode, owner);
    try {
      file.fill(new ByteArrayInputStream(content));
      return file;
    } catch (ErrnoException e) {
      file.close();
      throw e;
    } catch (IOException e) {
      throw new AssertionError(e); // an array can be read
    }
  }

  /// Creates a file without content: it has its size, and zeros. Nobody else may get it before
  /// [#fill].
  ///
  /// @param name what `/proc/<pid>/fd` shows for it
  /// @param length its size in bytes
  /// @param mode permission bits
  /// @param owner its owner, if it is not this process's user
  /// @throws ErrnoException `EPERM` if this process may not give it to `owner`
  public static MemoryFile empty(String name, long length, int mode, Optional<UserIds> owner)
      throws ErrnoException {
    var writable = create(name, (mode & EXECUTABLE) != 0);
    try {
      Native.checked("ftruncate", Native.call(SystemCall.FTRUNCATE, writable.value(), length));
      var file = Files.open("/proc/self/fd/" + writable.value(), Files.O_RDONLY);
      try {
        if (owner.isPresent()) {
          Files.setOwner(file, owner.get().uid(), owner.get().gid());
        }
        Files.setMode(file, mode);
        return new MemoryFile(file, writable, length);
      } catch (ErrnoException e) {
        file.close();
        throw e;
      }
    } catch (ErrnoException e) {
      writable.close();
      throw e;
    }
  }

  /// Returns whether the file has its content.
  public boolean isFilled() {
    return writable.isEmpty();
  }

  /// Gives the file its content and seals it. If this fails, the file is useless and must
  /// be closed.
  ///
  /// @param content exactly as many bytes as the file has
  /// @throws IOException if `content` fails, or has another length
  public void fill(InputStream content) throws IOException {
    var to = writable.orElseThrow();
    long written = write(to, content);
    if (written != length) {
      throw new EOFException("%d bytes instead of %d".formatted(written, length));
    }
    Native.checked(
        "fcntl(F_ADD_SEALS)", Native.call(SystemCall.FCNTL, to.value(), F_ADD_SEALS, SEALS));
    to.close();
    writable = Optional.empty();
    locked = lock(fd, length);
  }

  /// Returns the size in bytes.
  public long length() {
    return length;
  }

  /// Returns the descriptor that keeps the file, opened for reading. It stays this object's.
  public Fd fd() {
    return fd;
  }

  /// Opens the file anew, as open(2) with `flags` would.
  public Fd open(int flags) throws ErrnoException {
    return Files.open("/proc/self/fd/" + fd.value(), flags);
  }

  private static Fd create(String name, boolean executable) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var text = arena.allocateFrom(name.substring(0, Math.min(name.length(), LONGEST_NAME)));
      int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
      long result =
          executable
              ? Native.call(SystemCall.MEMFD_CREATE, text.address(), flags | MFD_EXEC)
              : -Errno.EINVAL;
      if (result == -Errno.EINVAL) {
        result = Native.call(SystemCall.MEMFD_CREATE, text.address(), flags);
      }
      return new Fd((int) Native.checked("memfd_create", result));
    }
  }

  private long write(Fd file, InputStream content) throws IOException {
    var piece = new byte[Math.clamp(length, 1, CHUNK)];
    long done = 0;
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocate(piece.length);
      try {
        for (int n = content.read(piece); n >= 0; n = content.read(piece)) {
          done += n;
          if (done > length) {
            return done;
          }
          MemorySegment.copy(piece, 0, buffer, ValueLayout.JAVA_BYTE, 0, n);
          for (int from = 0; from < n; ) {
            from += Files.write(file, buffer.asSlice(from, n - from));
          }
        }
      } finally {
        buffer.fill((byte) 0);
        Arrays.fill(piece, (byte) 0);
      }
    }
    return done;
  }

  /// Maps and locks the content, as far as this process may. Returns the address, or 0.
  private static long lock(Fd file, long length) {
    if (length == 0) {
      return 0;
    }
    long mapped = Native.call(SystemCall.MMAP, 0, length, PROT_READ, MAP_SHARED, file.value(), 0);
    if (mapped < 0 && mapped >= -HIGHEST_ERROR) {
      return 0;
    }
    Native.call(SystemCall.MLOCK, mapped, length);
    return mapped;
  }

  /// Gives up the file. It lives on as long as somebody else has it open.
  @Override
  public void close() {
    if (locked != 0 && fd.isOpen()) {
      Native.call(SystemCall.MUNMAP, locked, length);
    }
    writable.ifPresent(Fd::close);
    fd.close();
  }
}
