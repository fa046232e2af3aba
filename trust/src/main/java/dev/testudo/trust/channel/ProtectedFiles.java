package dev.testudo.trust.channel;

import java.util.List;
import java.util.Optional;

/// The protected files that a program sees.
///
/// @param region those of its own image
public record ProtectedFiles(List<VolumeAccess> volumes, Optional<RegionAccess> region) {
  /// For a program without protected files.
  public static final ProtectedFiles NONE = new ProtectedFiles(List.of(), Optional.empty());

  /// Copies the list.
  public ProtectedFiles {
    volumes = List.copyOf(volumes);
  }

  /// Wipes the keys.
  void wipe() {
    volumes.forEach(volume -> volume.key().key().close());
    region.ifPresent(r -> r.key().key().close());
  }
}
