package dev.testudo.volume.freshness;

import java.time.Duration;

/// When a write is safe from a rollback (`tag_sync` of a policy).
public sealed interface TagSync {
  /// Where nobody waits for CAS, it is told new states that often at most. Each request costs this
  /// machine and CAS as much as a commit.
  Duration PACE = Duration.ofMillis(100);

  /// Returns how long after a request to CAS the next one may be made, if nobody waits for it.
  Duration pace();

  /// An fsync returns when CAS has recorded its state. It fails if CAS does not answer for
  /// `patience`.
  record Strict(Duration patience) implements TagSync {
    /// How long an fsync waits for CAS.
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public Duration pace() {
      return Duration.ZERO;
    }
  }

  /// An fsync returns when its state is durable on the disk, and CAS records it soon after. If CAS
  /// has not recorded a state for `window`, changes wait.
  record Bounded(Duration window) implements TagSync {
    private static final int PARTS = 10;

    @Override
    public Duration pace() {
      var part = window.dividedBy(PARTS);
      return part.compareTo(PACE) < 0 ? part : PACE;
    }
  }

  /// Nobody waits for CAS (`no_rollback_protection`).
  record Informative() implements TagSync {
    @Override
    public Duration pace() {
      return PACE;
    }
  }
}
