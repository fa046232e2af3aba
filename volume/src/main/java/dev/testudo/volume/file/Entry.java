package dev.testudo.volume.file;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeLimits;
import dev.testudo.volume.file.FileError.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// An entry of a directory as it is stored under its name.
///
/// @param number the inode
/// @param cookie the place in the order in which the directory is listed
record Entry(long number, long cookie) {
  /// The cookies of `.` and `..`, which are not stored.
  static final long SELF = 1;

  static final long ABOVE = 2;

  /// The cookie of the first entry that is stored.
  static final long FIRST = 3;

  private static final int BYTES = 16;

  byte[] write() {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(number)
        .putLong(cookie)
        .array();
  }

  static Entry read(long directory, byte[] bytes) throws VolumeException {
    if (bytes.length != BYTES) {
      throw damaged(directory, "the entry of a name has a wrong length");
    }
    var from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    var entry = new Entry(from.getLong(), from.getLong());
    if (entry.number <= 0 || entry.cookie <= ABOVE) {
      throw damaged(directory, "the entry of a name is impossible");
    }
    return entry;
  }

  /// What a directory has under a cookie.
  ///
  /// @param type the type of the inode, as `d_type`
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Listed(long number, int type, byte[] name) {
    private static final int HEAD_BYTES = 9;

    byte[] write() {
      return ByteBuffer.allocate(HEAD_BYTES + name.length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(number)
          .put((byte) type)
          .put(name)
          .array();
    }

    static Listed read(long directory, byte[] bytes) throws VolumeException {
      if (bytes.length <= HEAD_BYTES) {
        throw damaged(directory, "an entry is too short");
      }
      var from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      long number = from.getLong();
      int type = from.get();
      var name = new byte[from.remaining()];
      from.get(name);
      if (number <= 0 || !isName(name)) {
        throw damaged(directory, "an entry has an impossible name or inode");
      }
      return new Listed(number, type, name);
    }
  }

  /// Checks a name that a program gives.
  ///
  /// @throws FileError NAME_TOO_LONG or INVALID
  static void requireName(byte[] name) throws FileError {
    if (name.length > VolumeLimits.LONGEST_NAME) {
      throw new FileError(Reason.NAME_TOO_LONG);
    }
    if (!isName(name)) {
      throw new FileError(Reason.INVALID);
    }
  }

  private static boolean isName(byte[] name) {
    if (name.length == 0 || name.length > VolumeLimits.LONGEST_NAME) {
      return false;
    }
    var dots = true;
    for (byte character : name) {
      if (character == '/' || character == 0) {
        return false;
      }
      dots &= character == '.';
    }
    return !dots || name.length > 2;
  }

  private static VolumeException damaged(long directory, String reason) {
    return VolumeException.damaged("directory " + directory, reason);
  }
}
