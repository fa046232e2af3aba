package dev.testudo.volume.format;

import java.nio.ByteBuffer;

/// Names one ciphertext: where it is, and the nonce and tag that tell it from all others that were
/// ever written.
///
/// @param segment the index in the segment table
/// @param slot the slot in the segment; slot 0 is its head
/// @param length the number of bytes, at most the size of a slot
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ChunkPointer(int segment, int slot, int length, byte[] nonce, byte[] tag) {
  /// The length of a pointer.
  public static final int BYTES = 40;

  /// Writes the pointer.
  public void put(ByteBuffer into) {
    into.putInt(segment).putInt(slot).putInt(length).put(nonce).put(tag);
  }

  /// Reads a pointer. Whether it names a chunk is for the caller to check.
  public static ChunkPointer read(ByteBuffer from) {
    int segment = from.getInt();
    int slot = from.getInt();
    int length = from.getInt();
    var nonce = new byte[ChunkCipher.NONCE_BYTES];
    from.get(nonce);
    var tag = new byte[ChunkCipher.TAG_BYTES];
    from.get(tag);
    return new ChunkPointer(segment, slot, length, nonce, tag);
  }
}
