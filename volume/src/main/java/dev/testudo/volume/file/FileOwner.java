package dev.testudo.volume.file;

/// The user and the group of an inode, or of the process that makes one.
public record FileOwner(int user, int group) {
  /// The superuser.
  public static final FileOwner ROOT = new FileOwner(0, 0);
}
