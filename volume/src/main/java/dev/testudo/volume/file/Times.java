package dev.testudo.volume.file;

import java.time.Instant;

/// The times of an inode in nanoseconds since 1970, which reach from the year 1677 to 2262.
///
/// @param accessed `st_atime`. Reading does not change it
/// @param modified `st_mtime`
/// @param changed `st_ctime`
public record Times(long accessed, long modified, long changed) {
  private static final long NANOS = 1_000_000_000L;

  static Times at(long now) {
    return new Times(now, now, now);
  }

  Times accessedAt(long time) {
    return new Times(time, modified, changed);
  }

  Times modifiedAt(long time) {
    return new Times(accessed, time, changed);
  }

  Times changedAt(long time) {
    return new Times(accessed, modified, time);
  }

  /// Returns a time as it is stored. A time that cannot be stored becomes the nearest one that can.
  ///
  /// @param nanos the part below a second, not negative
  public static long of(long seconds, int nanos) {
    if (seconds >= Long.MAX_VALUE / NANOS) {
      return Long.MAX_VALUE;
    }
    if (seconds <= Long.MIN_VALUE / NANOS) {
      return Long.MIN_VALUE;
    }
    return seconds * NANOS + nanos;
  }

  static long of(Instant instant) {
    return of(instant.getEpochSecond(), instant.getNano());
  }

  /// Returns the seconds of a stored time.
  public static long seconds(long time) {
    return Math.floorDiv(time, NANOS);
  }

  /// Returns the nanoseconds of a stored time, from 0 to 999,999,999.
  public static int nanos(long time) {
    return (int) Math.floorMod(time, NANOS);
  }
}
