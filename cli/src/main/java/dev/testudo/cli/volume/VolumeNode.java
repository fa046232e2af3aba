package dev.testudo.cli.volume;

import dev.testudo.image.tar.Owner;
import dev.testudo.volume.file.Inode;

/// A file, directory, link, FIFO or socket of a volume.
///
/// @param number identifies it in its volume; all names of a file have the same
/// @param mode type and permissions, as `st_mode`
/// @param owner the ids of its owner and group
/// @param links how many names it has
/// @param size the bytes of a file or of the target of a link
/// @param modified `st_mtime` in seconds since 1970
public record VolumeNode(long number, int mode, Owner owner, long links, long size, long modified) {
  private int type() {
    return mode & Inode.TYPE;
  }

  /// Returns whether it is a directory.
  public boolean isDirectory() {
    return type() == Inode.DIRECTORY;
  }

  /// Returns whether it is a regular file.
  public boolean isFile() {
    return type() == Inode.FILE;
  }

  /// Returns whether it is a symbolic link.
  public boolean isLink() {
    return type() == Inode.LINK;
  }

  /// Returns whether it is a socket.
  public boolean isSocket() {
    return type() == Inode.SOCKET;
  }

  /// Returns permission, set-id and sticky bits.
  public int permissions() {
    return mode & ~Inode.TYPE;
  }

  /// Returns the type in one word.
  public String kind() {
    return switch (type()) {
      case Inode.DIRECTORY -> "directory";
      case Inode.FILE -> "file";
      case Inode.LINK -> "link";
      case Inode.FIFO -> "fifo";
      default -> "socket";
    };
  }
}
