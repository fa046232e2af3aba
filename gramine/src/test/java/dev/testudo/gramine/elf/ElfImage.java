package dev.testudo.gramine.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A small shared library, made byte by byte. Its first segment is executable, at address 0, and
/// ends with the file's headers.
final class ElfImage {
  /// The content of further segments.
  static final byte CONTENT = 0x5a;

  private static final int HEADERS = 64 + 20 * 56;

  private final ByteBuffer bytes = ByteBuffer.allocate(32 * 4096).order(ByteOrder.LITTLE_ENDIAN);
  private int segments;
  private int length = HEADERS;

  ElfImage() {
    bytes.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1);
    bytes.putShort(16, (short) 3).putShort(18, (short) 62);
    bytes.putLong(24, 64).putLong(32, 64).putShort(54, (short) 56);
    header(0, 0, HEADERS, HEADERS, 5);
  }

  /// Adds a segment that can be read and written.
  ElfImage segment(long address, int inFile, long inMemory) {
    var offset = (length + 4095) / 4096 * 4096 + (int) (address % 4096);
    length = offset + inFile;
    Arrays.fill(bytes.array(), offset, length, CONTENT);
    header(offset, address, inFile, inMemory, 6);
    return this;
  }

  private void header(long offset, long address, long inFile, long inMemory, int flags) {
    var at = 64 + segments * 56;
    bytes.putInt(at, 1).putInt(at + 4, flags).putLong(at + 8, offset).putLong(at + 16, address);
    bytes.putLong(at + 32, inFile).putLong(at + 40, inMemory);
    segments++;
    bytes.putShort(56, (short) segments);
  }

  ElfImage u8(int at, int value) {
    bytes.put(at, (byte) value);
    return this;
  }

  ElfImage u16(int at, int value) {
    bytes.putShort(at, (short) value);
    return this;
  }

  ElfImage u32(int at, int value) {
    bytes.putInt(at, value);
    return this;
  }

  ElfImage u64(int at, long value) {
    bytes.putLong(at, value);
    return this;
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes.array(), length);
  }
}
