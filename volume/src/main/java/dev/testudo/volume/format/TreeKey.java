package dev.testudo.volume.format;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeLimits;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A key of the tree. Keys are ordered as unsigned bytes, so all entries of an inode are together.
///
/// @param inode the inode; 1 is the root directory
/// @param kind what the entry says about it
/// @param rest which of the entries of that kind it is
@SuppressWarnings("ArrayRecordComponent") // compared as bytes
public record TreeKey(long inode, Kind kind, byte[] rest) {
  /// The most bytes of a key.
  public static final int LONGEST = 9 + VolumeLimits.LONGEST_NAME;

  private static final byte[] NOTHING = {};

  /// The kinds of entries. A read-only volume has the first five.
  public enum Kind {
    /// The attributes.
    INODE(1),
    /// The whole content of a small file.
    INLINE(2),
    /// The target of a symbolic link.
    TARGET(3),
    /// A directory entry; the rest is its name.
    NAME(4),
    /// Pointers to chunks; the rest is the number of the first one in the file.
    RUN(5),
    /// An extended attribute; the rest is its name.
    ATTRIBUTE(6),
    /// A directory entry by its cookie, the position that readdir(3) resumes at; the rest is the
    /// cookie.
    COOKIE(7),
    /// An inode that has no name any more, and is freed when nobody has it open.
    ORPHAN(8),
    /// The directory that a directory is in.
    PARENT(9);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /// Returns the number in the key.
    public int number() {
      return number;
    }
  }

  /// Returns the key of the only entry of a kind.
  public static TreeKey of(long inode, Kind kind) {
    return new TreeKey(inode, kind, NOTHING);
  }

  /// Returns the key of a directory entry.
  public static TreeKey name(long directory, byte[] name) {
    return new TreeKey(directory, Kind.NAME, name);
  }

  /// Returns the key of an extended attribute.
  public static TreeKey attribute(long inode, byte[] name) {
    return new TreeKey(inode, Kind.ATTRIBUTE, name);
  }

  /// Returns the key of a directory entry by its cookie.
  public static TreeKey cookie(long directory, long cookie) {
    return new TreeKey(directory, Kind.COOKIE, number(cookie));
  }

  /// Returns the key of the pointers to chunks `first` and those after it.
  public static TreeKey run(long inode, long first) {
    return new TreeKey(inode, Kind.RUN, number(first));
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  /// Returns the bytes that order the keys.
  public byte[] bytes() {
    return ByteBuffer.allocate(9 + rest.length)
        .putLong(inode)
        .put((byte) kind.number)
        .put(rest)
        .array();
  }

  /// Reads a key of a tree.
  public static TreeKey read(byte[] bytes, String place) throws VolumeException {
    if (bytes.length >= 9) {
      for (var kind : Kind.values()) {
        if (kind.number == bytes[8]) {
          var inode = ByteBuffer.wrap(bytes).getLong();
          return new TreeKey(inode, kind, Arrays.copyOfRange(bytes, 9, bytes.length));
        }
      }
    }
    throw VolumeException.damaged(place, "an entry has an unknown key");
  }
}
