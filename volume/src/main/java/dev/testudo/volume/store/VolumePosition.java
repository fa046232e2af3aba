package dev.testudo.volume.store;

import dev.testudo.volume.VolumeTag;

/// A state in the history of a volume: that after one record of its journal.
///
/// @param sequence the number of the record; the first one of a volume has 1
/// @param tag the tag of the record, which depends on all records before it
public record VolumePosition(long sequence, VolumeTag tag) {
  /// The record before the first one. It never exists, so nobody has its tag.
  public static final VolumePosition NONE =
      new VolumePosition(0, VolumeTag.of(new byte[VolumeTag.BYTES]));

  @Override
  public String toString() {
    return sequence + ":" + tag;
  }
}
