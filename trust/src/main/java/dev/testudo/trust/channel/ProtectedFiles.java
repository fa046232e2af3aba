package dev.testudo.trust.channel;

import java.util.List;
import java.util.Optional;

/// The protected files that a program sees.
///
/// @param region those of its own image
/// @param ticket what the instance shows CAS to claim its volumes, see [LeaseClient]; present if it
///     has any. It is of no use without the instance's key.
public record ProtectedFiles(
    List<VolumeAccess> volumes, Optional<RegionAccess> region, Optional<String> ticket) {
  /// For a program without protected files.
  public static final ProtectedFiles NONE =
      new ProtectedFiles(List.of(), Optional.empty(), Optional.empty());

  /// Copies the list.
  public ProtectedFiles {
    volumes = List.copyOf(volumes);
  }

  /// Wipes the keys.
  void wipe() {
    volumes.forEach(volume -> volume.key().key().close());
    region.ifPresent(r -> r.key().key().close());
  }

  /// Names the volumes, and shows neither keys nor the ticket.
  @Override
  public String toString() {
    return "ProtectedFiles[%s, %s]"
        .formatted(volumes.stream().map(VolumeAccess::volume).toList(), region);
  }
}
