package dev.testudo.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The memory of another thread.
///
/// Writing goes through `/proc/<tid>/mem`, opened for one call and never kept: the descriptor stays
/// tied to the memory the process had when it was opened, so that what is written after a check
/// cannot end up in the memory of somebody who has got the number meanwhile. Reading does not need
/// that, since what was read counts only after the check.
public final class ProcessMemory implements AutoCloseable {
  private static final int MOST_PEEKED = Scratch.SIZE - (int) Scratch.ADDRESS;

  // struct iovec, twice.
  private static final long HERE = Scratch.VALUE;
  private static final long THERE = Scratch.VALUE + 16;

  private final Fd fd;

  private ProcessMemory(Fd fd) {
    this.fd = fd;
  }

  public static ProcessMemory of(int tid) throws ErrnoException {
    return new ProcessMemory(Files.open("/proc/" + tid + "/mem", Files.O_RDWR));
  }

  /// Exactly `length` bytes from `address` in the memory of thread `tid`, without opening anything:
  /// process_vm_readv(2), or, where a container forbids that, like [#read].
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
