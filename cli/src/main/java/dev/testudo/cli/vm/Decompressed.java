package dev.testudo.cli.vm;

import dev.testudo.image.compression.Decompression;
import dev.testudo.image.compression.DecompressionLimits;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.tukaani.xz.XZInputStream;

/// The decompressed content of a stream in the formats of packages and kernel modules: xz, gzip,
/// Zstandard, or none.
final class Decompressed {
  private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};

  /// The most memory that xz may take, KiB: four times what its highest level takes.
  private static final int XZ_MEMORY = 256 << 10;

  /// What is taken out of it is limited by who reads it.
  private static final DecompressionLimits LIMITS =
      new DecompressionLimits(4L << 30, 256L << 20, 200);

  private Decompressed() {}

  static InputStream of(InputStream in) throws IOException {
    var buffered = new BufferedInputStream(in);
    buffered.mark(XZ.length);
    var magic = buffered.readNBytes(XZ.length);
    buffered.reset();
    return Arrays.equals(magic, XZ)
        ? new XZInputStream(buffered, XZ_MEMORY)
        : Decompression.of(buffered, LIMITS).content();
  }
}
