package dev.testudo.volume.store;

import dev.testudo.volume.format.VolumeHeader;

/// What an open volume consists of.
///
/// @param own the mount that writes
record VolumeParts(
    Backing backing,
    VolumeHeader header,
    VolumeMount own,
    VolumeState state,
    PendingSlots pending,
    SlotAllocator allocator) {
  int chunkSize() {
    return header.chunkSize();
  }

  SegmentTable segments() {
    return state.segments();
  }
}
