package dev.testudo.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// A sealed file that exists in memory only (memfd_create(2)). Nobody can change its content, not
/// even through a descriptor that was opened earlier.
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
  private final long locked;
  private final int length;

  private MemoryFile(Fd fd, long locked, int length) {
    this.fd = fd;
    this.locked = locked;
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
    try (var writable = create(name, (mode & EXECUTABLE) != 0)) {
      write(writable, content);
      var file = Files.open("/proc/self/fd/" + writable.value(), Files.O_RDONLY);
      try {
        Native.checked(
            "fcntl(F_ADD_SEALS)",
            Native.call(SystemCall.FCNTL, writable.value(), F_ADD_SEALS, SEALS));
        if (owner.isPresent()) {
          Files.setOwner(file, owner.get().uid(), owner.get().gid());
        }
        Files.setMode(file, mode);
        return new MemoryFile(file, lock(file, content.length), content.length);
      } catch (ErrnoException e) {
        file.close();
        throw e;
      }
    }
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

  private static void write(Fd file, byte[] content) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocate(Math.max(1, Math.min(CHUNK, content.length)));
      try {
        for (int done = 0; done < content.length; ) {
          var part = buffer.asSlice(0, Math.min(buffer.byteSize(), content.length - done));
          MemorySegment.copy(content, done, part, ValueLayout.JAVA_BYTE, 0, (int) part.byteSize());
          done += Files.write(file, part);
        }
      } finally {
        buffer.fill((byte) 0);
      }
    }
  }

  /// Maps and locks the content, as far as this process may. Returns the address, or 0.
  private static long lock(Fd file, int length) {
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
    fd.close();
  }
}
