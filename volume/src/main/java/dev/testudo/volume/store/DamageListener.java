package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import java.io.IOException;

/// Learns of what is wrong with an open volume. Methods return at once; the thread may serve a file
/// system.
@FunctionalInterface
public interface DamageListener {
  /// Keeps nothing.
  DamageListener NONE = _ -> {};

  /// A place is not what was written. Called once for each place.
  void damaged(VolumeException damage);

  /// The disk has failed, so nothing is written any more. Called once, also if no program writes.
  default void failed(IOException reason) {
    // Whoever changes the volume or syncs is told.
  }
}
