package dev.testudo.volume.store;

import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.MountKeys;
import java.util.HexFormat;

/// A mount whose segments a volume has, with its keys.
///
/// @param id 16 bytes
/// @param salt what its keys were derived with
/// @param fence the number of its lease
@SuppressWarnings("ArrayRecordComponent") // compared by name
record VolumeMount(byte[] id, byte[] salt, long fence, MountKeys keys) {
  /// Returns what the names of its files begin with.
  String name() {
    return HexFormat.of().formatHex(id);
  }

  CheckpointBody.Mount entry() {
    return new CheckpointBody.Mount(id, salt, fence);
  }

  FileHead head(FileHead.Type type, byte[] volume, int number) {
    return new FileHead(type, volume, id, salt, number);
  }
}
