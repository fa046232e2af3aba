package dev.testudo.trust.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;

/// Locks of files that tell processes from each other.
public final class FileLocks {
  private FileLocks() {}

  /// Locks the file of `channel` until the channel is closed or the process ends.
  ///
  /// @return false if somebody else has locked it, which this process itself may be
  public static boolean take(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }
}
