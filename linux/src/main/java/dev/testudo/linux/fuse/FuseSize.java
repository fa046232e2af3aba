package dev.testudo.linux.fuse;

/// How large a file is.
///
/// @param bytes its length (`st_size`)
/// @param blocks the space that it takes, in units of 512 bytes (`st_blocks`)
/// @param blockSize the preferred size of transfers in bytes (`st_blksize`)
public record FuseSize(long bytes, long blocks, int blockSize) {
  /// Rejects negative numbers.
  public FuseSize {
    if (bytes < 0 || blocks < 0 || blockSize < 0) {
      throw new IllegalArgumentException("a negative size");
    }
  }
}
