package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// An entry of a volume that is the copy of another one, until it has taken its place. It is
/// committed together with what it speaks of.
///
/// @param volume the id of the other volume
/// @param origin the state of it that is copied
/// @param isComplete whether everything is copied
/// @param last the key of the last entry that is copied; empty if none is
@SuppressWarnings("ArrayRecordComponent") // never compared
record RekeyMark(byte[] volume, VolumePosition origin, boolean isComplete, byte[] last) {
  /// An entry of inode 0, which belongs to the store.
  static final TreeKey KEY = TreeKey.attribute(0, new byte[] {'r', 'e', 'k', 'e', 'y'});

  private static final int VERSION = 1;
  private static final int FIXED = 4 + VolumeHeader.ID_BYTES + Long.BYTES + VolumeTag.BYTES;

  /// The mark of a copy that has nothing yet.
  static RekeyMark of(ReadableVolume origin) {
    return new RekeyMark(origin.header().id(), origin.position(), false, new byte[0]);
  }

  /// Finds the mark of a volume, if it has one.
  static Optional<RekeyMark> find(VolumeStore volume) throws IOException {
    var value = volume.get(KEY);
    return value.isPresent() ? Optional.of(read(value.get())) : Optional.empty();
  }

  private static RekeyMark read(byte[] value) throws VolumeException {
    var from = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    if (value.length < FIXED || from.getShort() != VERSION) {
      throw VolumeException.unsupported("another version of Testudo changes the volume's key");
    }
    boolean isComplete = from.getShort() != 0;
    var volume = new byte[VolumeHeader.ID_BYTES];
    from.get(volume);
    long sequence = from.getLong();
    var tag = new byte[VolumeTag.BYTES];
    from.get(tag);
    var last = new byte[from.remaining()];
    from.get(last);
    return new RekeyMark(volume, new VolumePosition(sequence, VolumeTag.of(tag)), isComplete, last);
  }

  byte[] write() {
    var value = ByteBuffer.allocate(FIXED + last.length).order(ByteOrder.LITTLE_ENDIAN);
    value.putShort((short) VERSION).putShort((short) (isComplete ? 1 : 0)).put(volume);
    return value.putLong(origin.sequence()).put(origin.tag().bytes()).put(last).array();
  }

  /// Returns whether both are of a copy of the same state.
  boolean isSameOrigin(RekeyMark other) {
    return Arrays.equals(volume, other.volume) && origin.equals(other.origin);
  }

  RekeyMark after(byte[] key) {
    return new RekeyMark(volume, origin, isComplete, key);
  }

  RekeyMark complete() {
    return new RekeyMark(volume, origin, true, last);
  }
}
