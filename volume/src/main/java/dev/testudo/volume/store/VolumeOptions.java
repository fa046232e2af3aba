package dev.testudo.volume.store;

import java.util.OptionalLong;

/// How a volume is opened for writing.
///
/// @param fence the number of the lease; of two histories, that with the higher one counts
/// @param acknowledgements what CAS is told, and knows
/// @param sizeLimit how many bytes of chunks the volume may have
/// @param damage learns of damage
/// @param tuning sizes
public record VolumeOptions(
    long fence,
    Acknowledgements acknowledgements,
    OptionalLong sizeLimit,
    DamageListener damage,
    StoreTuning tuning) {
  /// Without CAS and without a limit.
  public static final VolumeOptions USUAL =
      new VolumeOptions(
          0, Acknowledgements.DISK, OptionalLong.empty(), DamageListener.NONE, StoreTuning.USUAL);

  /// Returns the same with another fence and other acknowledgements.
  public VolumeOptions with(long otherFence, Acknowledgements other) {
    return new VolumeOptions(otherFence, other, sizeLimit, damage, tuning);
  }

  /// Returns the same with another limit.
  public VolumeOptions with(OptionalLong otherLimit) {
    return new VolumeOptions(fence, acknowledgements, otherLimit, damage, tuning);
  }

  /// Returns the same with another listener.
  public VolumeOptions with(DamageListener other) {
    return new VolumeOptions(fence, acknowledgements, sizeLimit, other, tuning);
  }

  /// Returns the same with other sizes.
  public VolumeOptions with(StoreTuning other) {
    return new VolumeOptions(fence, acknowledgements, sizeLimit, damage, other);
  }
}
