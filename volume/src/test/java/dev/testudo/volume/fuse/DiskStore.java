package dev.testudo.volume.fuse;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.store.DirectoryBacking;
import dev.testudo.volume.store.Expected;
import dev.testudo.volume.store.VolumeOptions;
import dev.testudo.volume.store.VolumeShape;
import dev.testudo.volume.store.WritableVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// An encrypted volume in a directory.
final class DiskStore {
  private DiskStore() {}

  /// Opens the volume in `directory`, or makes one if there is none.
  @SuppressWarnings("MustBeClosedChecker") // the file system closes it
  static WritableVolume open(Path directory) throws IOException {
    boolean isNew = !Files.exists(directory);
    Files.createDirectories(directory);
    try (var key = Secret.taking(new byte[32])) {
      return WritableVolume.open(
          DirectoryBacking.locked(directory),
          key,
          isNew ? new Expected.New() : new Expected.Newest(),
          VolumeShape.USUAL,
          VolumeOptions.USUAL);
    }
  }
}
