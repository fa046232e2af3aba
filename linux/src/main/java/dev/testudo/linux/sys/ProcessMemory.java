package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The memory of another thread.
///
/// Writes go through `/proc/<tid>/mem`, which is opened for one call and then closed. The
/// descriptor stays bound to the memory that the process had at that time, so a write after a check
/// cannot reach another process that got the same id. Reads need no such care, because what was
/// read counts only after the check.
public final class ProcessMemory implements AutoCloseable {
  private static final int MOST_PEEKED = Scratch.SIZE - (int) Scratch.ADDRESS;

  // Two structs iovec.
  private static final long HERE = Scratch.VALUE;
  private static final long THERE = Scratch.VALUE + 16;

  private final Fd fd;

  private ProcessMemory(Fd fd) {
    this.fd = fd;
  }

  public static ProcessMemory of(int tid) throws ErrnoException {
    return new ProcessMemory(Files.open("/proc/" + tid + "/mem", Files.O_RDWR));
  }

  /// Reads exactly `length` bytes from `address` in the memory of thread `tid`, without opening a
  /// file, by process_vm_readv(2). Where a container forbids that, works like [#read].
  public static byte[] peek(int tid, long address, int length) throws ErrnoException {
    if (length <= MOST_PEEKED) {
      var scratch = Scratch.get();
      scratch.set(JAVA_LONG, HERE, scratch.address() + Scratch.ADDRESS);
      scratch.set(JAVA_LONG, HERE + 8, length);
      scratch.set(JAVA_LONG, THERE, address);
      scratch.set(JAVA_LONG, THERE + 8, length);
      long vectors = scratch.address();
      long result =
          Native.call(SystemCall.PROCESS_VM_READV, tid, vectors + HERE, 1, vectors + THERE, 1, 0);
      if (result == length) {
        return scratch.asSlice(Scratch.ADDRESS, length).toArray(JAVA_BYTE);
      }
      if (result >= 0 || result == -Errno.EFAULT) {
        throw new ErrnoException("memory of another process", Errno.EFAULT);
      }
    }
    try (var memory = of(tid)) {
      return memory.read(address, length);
    }
  }

  /// Reads exactly `length` bytes from `address`.
  ///
  /// @throws ErrnoException `EFAULT` if not all of them are readable
  public byte[] read(long address, int length) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocate(Math.max(length, 1));
      transfer(SystemCall.PREAD64, address, buffer, length);
      return buffer.asSlice(0, length).toArray(JAVA_BYTE);
    }
  }

  /// Writes all of `bytes` to `address`. The kernel allows such writes to private read-only pages
  /// too; there the thread's own system call would fail with `EFAULT`.
  ///
  /// @throws ErrnoException `EFAULT` if nothing is mapped there
  public void write(long address, byte[] bytes) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var buffer = arena.allocateFrom(JAVA_BYTE, bytes);
      transfer(SystemCall.PWRITE64, address, buffer, bytes.length);
    }
  }

  private void transfer(SystemCall call, long address, MemorySegment buffer, int length)
      throws ErrnoException {
    long result = Native.call(call, fd.value(), buffer.address(), length, address);
    // The kernel returns EIO for an unmapped page, and a short count if one follows.
    if (result != length) {
      throw new ErrnoException("memory of another process", Errno.EFAULT);
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
