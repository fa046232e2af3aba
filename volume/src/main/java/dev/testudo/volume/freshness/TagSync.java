package dev.testudo.volume.freshness;

import java.time.Duration;

/// When a write is safe from a rollback (`tag_sync` of a policy).
public sealed interface TagSync {
  /// An fsync returns when CAS has recorded its state. It fails if CAS does not answer for
  /// `patience`.
  record Strict(Duration patience) implements TagSync {
    /// How long an fsync waits for CAS.
    public static final Duration PATIENCE = Duration.ofSeconds(30);
  }

  /// An fsync returns when its state is durable on the disk, and CAS records it soon after. If CAS
  /// has not recorded a state for `window`, changes wait.
  record Bounded(Duration window) implements TagSync {}

  /// Nobody waits for CAS (`no_rollback_protection`).
  record Informative() implements TagSync {}
}
