package dev.testudo.volume.store;

import dev.testudo.volume.format.Suite;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Names one ciphertext: the slot that it is in, and the proof that tells it from all others that
/// were ever written. A file without a chunk has a hole there, which is a pointer of zeros.
///
/// @param segment the id of the segment in the segment table
/// @param slot the slot in the segment; slot 0 is its head
/// @param proof what the suite says
@SuppressWarnings("ArrayRecordComponent") // compared with `isSame`
record SlotPointer(int segment, int slot, byte[] proof) implements TreeChild {
  /// Returns what identifies the slot.
  long place() {
    return place(segment, slot);
  }

  static long place(int segment, int slot) {
    return ((long) segment << Integer.SIZE) | slot;
  }

  /// Returns whether both name the same ciphertext.
  boolean isSame(SlotPointer other) {
    return segment == other.segment && slot == other.slot && Arrays.equals(proof, other.proof);
  }

  void put(ByteBuffer into, int chunkSize) {
    into.putInt(segment).putInt(slot).putInt(chunkSize).put(proof);
  }

  /// Reads a pointer. Whether it names a slot of the volume is for the caller to check. Returns
  /// null for a hole.
  static @org.jspecify.annotations.Nullable SlotPointer read(
      ByteBuffer from, Suite suite, int chunkSize) throws MalformedException {
    int segment = from.getInt();
    int slot = from.getInt();
    int length = from.getInt();
    var proof = new byte[suite.proofBytes()];
    from.get(proof);
    if (slot == 0 && segment == 0 && length == 0) {
      return null;
    }
    if (slot <= 0 || length != chunkSize) {
      throw new MalformedException("a pointer names no chunk");
    }
    return new SlotPointer(segment, slot, proof);
  }
}
