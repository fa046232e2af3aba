package dev.testudo.volume.file;

import dev.testudo.volume.VolumeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What is known about all inodes together.
///
/// @param next the number that the next inode gets. No number is used twice
/// @param inodes how many there are
record Totals(long next, long inodes) {
  /// The number of the first inode after the root. Those between are reserved.
  static final long FIRST = 16;

  private static final int BYTES = 16;

  byte[] write() {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(next)
        .putLong(inodes)
        .array();
  }

  static Totals read(byte[] bytes) throws VolumeException {
    if (bytes.length != BYTES) {
      throw VolumeException.damaged("inode 2", "the number of inodes has a wrong length");
    }
    var from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    var totals = new Totals(from.getLong(), from.getLong());
    if (totals.next < FIRST || totals.inodes < 1 || totals.inodes >= totals.next) {
      throw VolumeException.damaged("inode 2", "the number of inodes is impossible");
    }
    return totals;
  }
}
