package dev.testudo.linux.fuse;

/// An open file (`struct fuse_open_out`).
///
/// @param handle a number of the server's choice, which later requests on the file have
/// @param flags `FOPEN_*`
public record FuseOpened(long handle, int flags) {
  /// Do not use the page cache.
  public static final int FOPEN_DIRECT_IO = 1;

  /// Keep what is in the page cache.
  public static final int FOPEN_KEEP_CACHE = 1 << 1;

  /// The directory's listing may be kept.
  public static final int FOPEN_CACHE_DIR = 1 << 3;

  /// Send no FLUSH when a descriptor is closed.
  public static final int FOPEN_NOFLUSH = 1 << 5;

  /// Several direct writes may be sent at the same time.
  public static final int FOPEN_PARALLEL_DIRECT_WRITES = 1 << 6;
}
