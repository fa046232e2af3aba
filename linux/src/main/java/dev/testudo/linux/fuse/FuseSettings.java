package dev.testudo.linux.fuse;

/// How a server works.
///
/// @param name begins the names of its threads
/// @param threads how many threads serve requests. Each has three buffers of `transfer` bytes
/// @param transfer the most bytes of one read or write, a power of two from 4 KiB to 1 MiB. Larger
///     transfers cost less per byte
/// @param background how many requests that no program waits for, such as those of the writeback
///     cache, may be under way
/// @param writebackCache the kernel collects writes in its page cache. It then has the truth about
///     size and modification time of a file
public record FuseSettings(
    String name, int threads, int transfer, int background, boolean writebackCache) {
  static final int LARGEST_TRANSFER = 1 << 20;
  private static final int PAGE = 4096;
  private static final int MOST_THREADS = 64;

  /// Rejects settings out of range.
  public FuseSettings {
    if (threads < 1 || threads > MOST_THREADS || background < 1 || background > 0xffff) {
      throw new IllegalArgumentException("number of threads or of requests is out of range");
    }
    if (transfer < PAGE || transfer > LARGEST_TRANSFER || Integer.bitCount(transfer) != 1) {
      throw new IllegalArgumentException("not a power of two from 4 KiB to 1 MiB: " + transfer);
    }
  }

  /// Settings for most bytes per second: transfers of 1 MiB.
  public static FuseSettings of(String name, int threads) {
    return new FuseSettings(name, threads, LARGEST_TRANSFER, 64, true);
  }

  /// The same with other sizes of transfers.
  public FuseSettings withTransfer(int bytes) {
    return new FuseSettings(name, threads, bytes, background, writebackCache);
  }

  /// Returns the pages of a transfer.
  int pages() {
    return transfer / PAGE;
  }
}
