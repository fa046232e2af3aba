package dev.testudo.volume.file;

import dev.testudo.volume.VolumeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What is known about a file, directory, link, FIFO or socket, except its names and its content.
///
/// @param mode type and permissions, as `st_mode`
/// @param links how many names it has; a directory has one more for itself and for each directory
///     in it
/// @param flags see [#SPARSE]
/// @param size the bytes of a file or of the target of a link; for a directory the cookie that its
///     next entry gets
public record Inode(int mode, FileOwner owner, int links, int flags, long size, Times times) {
  /// The bits of a mode that tell the type.
  public static final int TYPE = 0170000;

  public static final int FIFO = 0010000;
  public static final int DIRECTORY = 0040000;
  public static final int FILE = 0100000;
  public static final int LINK = 0120000;
  public static final int SOCKET = 0140000;

  static final int SET_USER = 04000;
  static final int SET_GROUP = 02000;
  static final int GROUP_EXECUTE = 0010;
  static final int PERMISSIONS = 07777;

  /// The flag of a file that may have holes. Only their chunks must be counted for `st_blocks`.
  static final int SPARSE = 1;

  private static final int BYTES = 56;
  private static final int FLAGS = SPARSE;

  /// A new inode with one name.
  static Inode create(int mode, FileOwner owner, long now) {
    boolean directory = (mode & TYPE) == DIRECTORY;
    return new Inode(mode, owner, directory ? 2 : 1, 0, directory ? Entry.FIRST : 0, Times.at(now));
  }

  /// Returns whether it is a directory.
  public boolean isDirectory() {
    return (mode & TYPE) == DIRECTORY;
  }

  /// Returns whether it is a regular file.
  public boolean isFile() {
    return (mode & TYPE) == FILE;
  }

  /// Returns whether it is a symbolic link.
  public boolean isLink() {
    return (mode & TYPE) == LINK;
  }

  boolean isSparse() {
    return (flags & SPARSE) != 0;
  }

  /// Returns the type as `d_type` of readdir(3).
  public int directoryType() {
    return (mode & TYPE) >>> 12;
  }

  Inode withMode(int permissions) {
    return new Inode((mode & TYPE) | (permissions & PERMISSIONS), owner, links, flags, size, times);
  }

  Inode withOwner(FileOwner other) {
    return new Inode(mode, other, links, flags, size, times);
  }

  Inode withLinks(int count) {
    return new Inode(mode, owner, count, flags, size, times);
  }

  Inode withSize(long bytes) {
    return new Inode(mode, owner, links, flags, bytes, times);
  }

  Inode withTimes(Times others) {
    return new Inode(mode, owner, links, flags, size, others);
  }

  Inode sparse() {
    return new Inode(mode, owner, links, flags | SPARSE, size, times);
  }

  /// Returns it after a change of its attributes.
  Inode changedAt(long now) {
    return withTimes(times.changedAt(now));
  }

  /// Returns it after a change of its content.
  Inode modifiedAt(long now) {
    return withTimes(times.modifiedAt(now).changedAt(now));
  }

  /// Returns it without the bits that give whoever runs the file the rights of its owner.
  Inode withoutPrivileges() {
    int kept = mode & ~SET_USER;
    return withMode((mode & GROUP_EXECUTE) != 0 ? kept & ~SET_GROUP : kept);
  }

  byte[] write() {
    var inode = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    inode.putInt(mode).putInt(links).putInt(owner.user()).putInt(owner.group());
    inode.putInt(0).putInt(flags).putLong(size);
    inode.putLong(times.accessed()).putLong(times.modified()).putLong(times.changed());
    return inode.array();
  }

  /// Reads what [#write] returned, or what the author of a volume put in its place.
  static Inode read(long number, byte[] bytes) throws VolumeException {
    if (bytes.length != BYTES) {
      throw damaged(number, "its attributes have a wrong length");
    }
    var from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int mode = from.getInt();
    int links = from.getInt();
    var owner = new FileOwner(from.getInt(), from.getInt());
    int device = from.getInt();
    int flags = from.getInt();
    long size = from.getLong();
    var times = new Times(from.getLong(), from.getLong(), from.getLong());
    boolean known =
        switch (mode & TYPE) {
          case FIFO, DIRECTORY, FILE, LINK, SOCKET -> true;
          default -> false;
        };
    if (!known || (mode & ~(TYPE | PERMISSIONS)) != 0 || device != 0 || (flags & ~FLAGS) != 0) {
      throw damaged(number, "its attributes are those of no file");
    }
    if (links < 0 || size < 0) {
      throw damaged(number, "its size or its number of names is negative");
    }
    return new Inode(mode, owner, links, flags, size, times);
  }

  private static VolumeException damaged(long number, String reason) {
    return VolumeException.damaged("inode " + number, reason);
  }
}
