package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseSettings;
import java.time.InstantSource;

/// How a volume is mounted.
///
/// @param name what `/proc/mounts` shows as its source: letters, digits, `.`, `_` and `-`
/// @param threads how many threads serve it
/// @param transfer the most bytes of one read or write, a power of two from 4 KiB to 1 MiB. Each
///     thread has three buffers of this size
/// @param visibility who can reach it
/// @param clock the clock of the file system
public record VolumeMountOptions(
    String name, int threads, int transfer, Visibility visibility, InstantSource clock) {
  /// The largest transfers, which are the fastest.
  public static final int LARGEST_TRANSFER = 1 << 20;

  FuseSettings settings() {
    return FuseSettings.of("volume-" + name, threads).withTransfer(transfer);
  }
}
