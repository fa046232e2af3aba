package dev.testudo.volume.store;

import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.VolumeHeader;

/// How a volume is laid out. It never changes.
///
/// @param suite how chunks are protected
/// @param chunkSize the bytes of a chunk: a power of two from 4096 to 65,536
public record VolumeShape(Suite suite, int chunkSize) {
  /// AES-256-GCM and chunks of 8 KiB.
  public static final VolumeShape USUAL = new VolumeShape(Suite.AES_256_GCM, 8 << 10);

  /// Rejects a size that no volume has.
  public VolumeShape {
    if (!VolumeHeader.isChunkSize(chunkSize)) {
      throw new IllegalArgumentException("no volume has chunks of %d bytes".formatted(chunkSize));
    }
  }
}
