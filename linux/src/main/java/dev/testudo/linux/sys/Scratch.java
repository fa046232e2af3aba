package dev.testudo.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A small native buffer per thread, for the arguments and results of one system call. The next
/// method on the same thread that uses it overwrites it. So store the arguments, make the call, and
/// copy the result at once.
final class Scratch {
  /// Room for the largest `sockaddr` and a few numbers.
  static final int SIZE = 256;

  /// The offset for a number or a list of numbers.
  static final long VALUE = 0;

  /// The offset for the length of the result.
  static final long LENGTH = 64;

  /// The offset for an address.
  static final long ADDRESS = 128;

  private static final ThreadLocal<MemorySegment> MEMORY =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(SIZE, 8));

  private Scratch() {}

  /// Returns this thread's buffer.
  static MemorySegment get() {
    return MEMORY.get();
  }
}
