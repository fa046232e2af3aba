package dev.testudo.volume.freshness;

import dev.testudo.volume.store.VolumePosition;
import java.io.IOException;
import java.time.Duration;

/// Where the newest state of a volume is recorded, and who may change the volume: CAS, for a holder
/// of the volume's lease. One thread uses it at a time.
public interface TagStore {
  /// What CAS says to a holder.
  sealed interface Answer {
    /// It is done, and the lease lasts this long from now on.
    record Done(Duration lease) implements Answer {}

    /// The volume belongs to somebody else now, or the policy has changed. No later request will
    /// succeed.
    ///
    /// @param reason one line
    record Lost(String reason) implements Answer {}
  }

  /// Records a state, and renews the lease.
  ///
  /// @param from the state that CAS has
  /// @param to a later state of the same history
  /// @throws IOException if CAS cannot be reached. It may have recorded the state; the request can
  ///     be repeated
  Answer advance(VolumePosition from, VolumePosition to) throws IOException;

  /// Renews the lease.
  ///
  /// @throws IOException if CAS cannot be reached
  Answer renew() throws IOException;

  /// Ends the lease, so that the next one can open the volume at once.
  ///
  /// @throws IOException if CAS cannot be reached. The lease ends by itself then
  void release() throws IOException;
}
