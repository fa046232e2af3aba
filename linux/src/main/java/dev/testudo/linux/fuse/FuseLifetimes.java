package dev.testudo.linux.fuse;

import java.time.Duration;

/// How long the kernel may use an answer without asking again.
///
/// @param entry of a name: that it leads to this file, or that there is none
/// @param attributes of attributes
public record FuseLifetimes(Duration entry, Duration attributes) {
  /// Nobody but this kernel changes the file system, and every process that reaches the mount may
  /// see what was answered.
  public static final FuseLifetimes UNLIMITED =
      new FuseLifetimes(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE));

  /// The kernel asks each time.
  public static final FuseLifetimes NONE = new FuseLifetimes(Duration.ZERO, Duration.ZERO);

  /// Rejects negative durations.
  public FuseLifetimes {
    if (entry.isNegative() || attributes.isNegative()) {
      throw new IllegalArgumentException("a negative lifetime");
    }
  }
}
