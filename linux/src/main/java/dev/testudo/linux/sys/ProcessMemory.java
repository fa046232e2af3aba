package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The memory of another thread, through `/proc/<tid>/mem`. Opened for one call and never kept: the
/// descriptor stays tied to the memory the process had before an execve(2).
public final class ProcessMemory implements AutoCloseable {
  private final Fd fd;

  private ProcessMemory(Fd fd) {
    this.fd = fd;
  }

  public static ProcessMemory of(int tid) throws ErrnoException {
    return new ProcessMemory(Files.open("/proc/" + tid + "/mem", Files.O_RDWR));
  }

  /// Exactly `length` bytes from `address`; `EFAULT` when they are not all readable.
  public byte[] read(long address, int length) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocate(Math.max(length, 1));
      transfer(SystemCall.PREAD64, address, buffer, length);
      return buffer.asSlice(0, length).toArray(JAVA_BYTE);
    }
  }

  /// Writes all of `bytes` to `address`; `EFAULT` when nothing is mapped there. The kernel lets
  /// this file write to private read-only pages too, so unlike the thread's own system call it does
  /// not answer `EFAULT` for those.
  public void write(long address, byte[] bytes) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocateFrom(JAVA_BYTE, bytes);
      transfer(SystemCall.PWRITE64, address, buffer, bytes.length);
    }
  }

  private void transfer(SystemCall call, long address, MemorySegment buffer, int length)
      throws ErrnoException {
    long result = Native.call(call, fd.value(), buffer.address(), length, address);
    // EIO is what the kernel says for an unmapped page; a short count means it met one on the way.
    if (result != length) {
      throw new ErrnoException("memory of another process", Errno.EFAULT);
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
