package dev.testudo.volume.freshness;

import dev.testudo.volume.store.VolumePosition;
import java.io.IOException;

/// Where the newest state of a volume is recorded, and who may change the volume: CAS, for a holder
/// of the volume's lease. One thread uses it at a time.
public interface TagStore {
  /// What CAS says to a holder.
  sealed interface Answer {
    /// CAS has the state.
    record Recorded() implements Answer {}

    /// The lease lasts until `end`, as [System#nanoTime].
    record Renewed(long end) implements Answer {}

    /// The volume belongs to somebody else now, or the policy has changed. No later request will
    /// succeed.
    ///
    /// @param reason one line
    record Lost(String reason) implements Answer {}
  }

  /// Records a state.
  ///
  /// @param from the state that CAS has
  /// @param to a later state of the same history
  /// @return `Recorded` or `Lost`
  /// @throws IOException if CAS cannot be reached. It may have recorded the state; the request can
  ///     be repeated
  Answer advance(VolumePosition from, VolumePosition to) throws IOException;

  /// Renews the lease.
  ///
  /// @return `Renewed` or `Lost`
  /// @throws IOException if CAS cannot be reached
  Answer renew() throws IOException;

  /// Ends the lease, so that the next one can open the volume at once.
  ///
  /// @throws IOException if CAS cannot be reached. The lease ends by itself then
  void release() throws IOException;
}
