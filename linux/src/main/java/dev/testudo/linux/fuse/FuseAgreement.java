package dev.testudo.linux.fuse;

/// What kernel and server agreed on.
///
/// @param minor the version of the protocol after `7.`
/// @param features the flags of `FUSE_INIT`
public record FuseAgreement(int minor, long features) {
  /// Returns whether the kernel opens files without asking once the server has said so.
  public boolean opensWithoutAsking() {
    return (features & Negotiation.NO_OPEN_SUPPORT) != 0;
  }

  /// Returns whether the kernel collects writes in its page cache.
  public boolean cachesWrites() {
    return (features & Negotiation.WRITEBACK_CACHE) != 0;
  }

  /// Returns whether files that are open with `O_DIRECT` can be mapped.
  public boolean mapsDirectFiles() {
    return (features & Negotiation.DIRECT_IO_ALLOW_MMAP) != 0;
  }
}
