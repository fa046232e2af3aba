package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;

/// Learns of each place of an open volume that is not what was written, once.
@FunctionalInterface
public interface DamageListener {
  /// Keeps nothing.
  DamageListener NONE = _ -> {};

  /// A check has failed. Returns at once; the thread may serve a file system.
  void damaged(VolumeException damage);
}
