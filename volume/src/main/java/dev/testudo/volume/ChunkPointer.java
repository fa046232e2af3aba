package dev.testudo.volume;

import java.nio.ByteBuffer;

/// Names one ciphertext: where it is, and the nonce and tag that tell it from all others that were
/// ever written.
///
/// @param segment the index in the segment table
/// @param slot the slot in the segment; slot 0 is its head
/// @param length the number of bytes, at most the size of a slot
@SuppressWarnings("ArrayRecordComponent") // never compared
record ChunkPointer(int segment, int slot, int length, byte[] nonce, byte[] tag) {
  static final int BYTES = 40;

  void put(ByteBuffer into) {
    into.putInt(segment).putInt(slot).putInt(length).put(nonce).put(tag);
  }

  static ChunkPointer read(ByteBuffer from) {
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
