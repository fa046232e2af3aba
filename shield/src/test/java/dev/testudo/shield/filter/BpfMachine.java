package dev.testudo.shield.filter;

import dev.testudo.linux.seccomp.FilterProgram;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Interprets a filter like the kernel, for one system call.
final class BpfMachine {
  private final ByteBuffer code;
  private final ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);

  BpfMachine(FilterProgram program) {
    this.code = ByteBuffer.wrap(program.encode()).order(ByteOrder.nativeOrder());
  }

  /// Returns the filter's return value.
  int run(int arch, int number, long... arguments) {
    data.putInt(0, number).putInt(4, arch);
    for (int i = 0; i < 6; i++) {
      data.putLong(16 + 8 * i, i < arguments.length ? arguments[i] : 0);
    }
    int accumulator = 0;
    for (int at = 0; ; at++) {
      int value = code.getInt(8 * at + 4);
      switch (code.getShort(8 * at)) {
        case 0x20 -> accumulator = data.getInt(value);
        case 0x54 -> accumulator &= value;
        case 0x05 -> at += value;
        case 0x15 -> at += step(at, accumulator == value);
        case 0x25 -> at += step(at, Integer.compareUnsigned(accumulator, value) > 0);
        case 0x35 -> at += step(at, Integer.compareUnsigned(accumulator, value) >= 0);
        case 0x45 -> at += step(at, (accumulator & value) != 0);
        case 0x06 -> {
          return value;
        }
        default -> throw new AssertionError("instruction " + code.getShort(8 * at));
      }
    }
  }

  private int step(int at, boolean condition) {
    return Byte.toUnsignedInt(code.get(8 * at + (condition ? 2 : 3)));
  }
}
