package dev.testudo.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A little native memory of each thread, for what one system call is given or fills in. The next
/// method that uses it on the same thread overwrites it, so nothing may be left there: put the
/// arguments in, make the call, take the result out.
final class Scratch {
  /// Room for the largest `sockaddr` and for a few numbers.
  static final int SIZE = 256;

  /// Where a number or a list of numbers has its place.
  static final long VALUE = 0;

  /// Where the length of the result has its place.
  static final long LENGTH = 64;

  /// Where an address has its place.
  static final long ADDRESS = 128;

  private static final ThreadLocal<MemorySegment> MEMORY =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(SIZE, 8));

  private Scratch() {}

  /// This thread's.
  static MemorySegment get() {
    return MEMORY.get();
  }
}
