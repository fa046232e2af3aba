package dev.testudo.volume.file;

/// An inode and its number.
///
/// @param blocks the space that its content takes, in units of 512 bytes as `st_blocks`
public record KnownInode(long number, Inode inode, long blocks) {
  /// The number of the root directory.
  public static final long ROOT = 1;
}
