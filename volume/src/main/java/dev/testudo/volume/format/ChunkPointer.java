package dev.testudo.volume.format;

import java.nio.ByteBuffer;

/// Names one chunk of a read-only volume: where it is, and the proof that tells it from all others
/// that were ever written.
///
/// @param segment the index in the segment table
/// @param slot the slot in the segment; slot 0 is its head
/// @param length the number of bytes, at most the size of a slot
/// @param proof what the suite says
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ChunkPointer(int segment, int slot, int length, byte[] proof) {
  /// Writes the pointer, which takes [Suite#pointerBytes()].
  public void put(ByteBuffer into) {
    into.putInt(segment).putInt(slot).putInt(length).put(proof);
  }

  /// Reads a pointer. Whether it names a chunk is for the caller to check.
  public static ChunkPointer read(ByteBuffer from, Suite suite) {
    int segment = from.getInt();
    int slot = from.getInt();
    int length = from.getInt();
    var proof = new byte[suite.proofBytes()];
    from.get(proof);
    return new ChunkPointer(segment, slot, length, proof);
  }
}
