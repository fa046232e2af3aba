package dev.testudo.image.compression;

/// The limits of what a stream may decompress to, against decompression bombs.
///
/// @param bytes the most bytes of the content
/// @param free how many bytes are accepted however well they are compressed
/// @param ratio beyond these, the most bytes of content for each compressed byte
public record DecompressionLimits(long bytes, long free, long ratio) {
  /// The limits of a layer: 64 GiB, and beyond 1 GiB a ratio of 200. Programs and libraries have
  /// ratios of 2 to 5; gzip gives at most 1032, and zstd far more.
  public static final DecompressionLimits LAYER = new DecompressionLimits(64L << 30, 1L << 30, 200);

  /// Checks that the limits are positive.
  public DecompressionLimits {
    if (bytes <= 0 || free < 0 || ratio <= 0) {
      throw new IllegalArgumentException("limits are positive");
    }
  }
}
