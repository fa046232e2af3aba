package dev.testudo.image.build.command;

import java.time.Duration;

/// Limits of a build.
///
/// @param time how long all commands together may run
/// @param layerBytes the most bytes of the files of the layer, uncompressed; also the most bytes of
///     one file that a command writes
/// @param processes the most processes and threads at a time
/// @param freeBytes the build ends when the disk has fewer free bytes than this
/// @param shownLines the most lines of output that a failure shows
public record BuildLimits(
    Duration time, long layerBytes, int processes, long freeBytes, int shownLines) {
  /// Half an hour, 16 GiB, 4096 processes, 256 MiB that stay free, 40 lines.
  public static final BuildLimits DEFAULT =
      new BuildLimits(Duration.ofMinutes(30), 16L << 30, 4096, 256L << 20, 40);

  /// Checks that all limits are positive.
  public BuildLimits {
    if (!time.isPositive()
        || layerBytes <= 0
        || processes <= 0
        || freeBytes < 0
        || shownLines < 0) {
      throw new IllegalArgumentException("limits are positive");
    }
  }

  /// Returns these limits with another time.
  public BuildLimits withTime(Duration changed) {
    return new BuildLimits(changed, layerBytes, processes, freeBytes, shownLines);
  }
}
