package dev.testudo.volume.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What a chunk holds. Each kind has a key of its own.
public enum ChunkKind {
  /// Content of files.
  DATA(1),
  /// A node of the tree.
  NODE(2);

  private final int number;

  ChunkKind(int number) {
    this.number = number;
  }

  /// Returns the purpose for which the key is derived.
  public String purpose() {
    return this == DATA ? "data" : "node";
  }

  /// Returns the associated data of a chunk.
  public byte[] associated(byte[] volume, Suite suite) {
    return ByteBuffer.allocate(volume.length + 2)
        .put(volume)
        .put((byte) number)
        .put((byte) suite.number())
        .array();
  }

  /// Returns the nonce with this counter. The first 4 bytes are random in a volume that can be
  /// written, and 0 in a read-only one.
  public static byte[] nonce(int random, long counter) {
    return ByteBuffer.allocate(ChunkCipher.NONCE_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(random)
        .putLong(counter)
        .array();
  }
}
