package dev.testudo.linux.fuse;

import java.time.Instant;

/// A time that a request sets.
public sealed interface FuseTime {
  /// The time of the server's clock (`UTIME_NOW`).
  record Now() implements FuseTime {}

  /// The given time.
  record At(Instant instant) implements FuseTime {}
}
