package dev.testudo.volume.sealed;

import dev.testudo.volume.VolumeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The attributes of a file, directory or link. A read-only volume records neither owner nor times:
/// they are 0.
///
/// @param type what it is
/// @param permissions the permission bits, with set-id and sticky bits
/// @param size the bytes of a file, or of the target of a link; 0 for directories
record InodeRecord(Type type, int permissions, long size) {
  static final int BYTES = 56;
  private static final int PERMISSIONS = 07777;
  private static final int FILE_TYPE = 0170000;

  /// The types, with their bits in `st_mode`.
  enum Type {
    DIRECTORY(0040000, 0),
    FILE(0100000, 1),
    LINK(0120000, 2);

    private final int bits;
    private final int number;

    Type(int bits, int number) {
      this.bits = bits;
      this.number = number;
    }

    /// Returns the number in the [ContentHash].
    int number() {
      return number;
    }
  }

  byte[] write() {
    var inode = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    // mode, links, owner, group, device, flags, size, and three times
    inode.putInt(type.bits | permissions).putInt(1).putInt(0).putInt(0).putInt(0).putInt(0);
    return inode.putLong(size).array();
  }

  static InodeRecord read(byte[] bytes, String place) throws VolumeException {
    if (bytes.length == BYTES) {
      var inode = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int mode = inode.getInt();
      long size = inode.getLong(24);
      for (var type : Type.values()) {
        var record = new InodeRecord(type, mode & PERMISSIONS, size);
        if ((mode & FILE_TYPE) == type.bits && size >= 0 && Arrays.equals(record.write(), bytes)) {
          return record;
        }
      }
    }
    throw VolumeException.damaged(place, "an inode has attributes of no read-only volume");
  }
}
