package dev.testudo.image.compression;

import dev.testudo.image.oci.Compression;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.zstd.ZstdStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// The decompressed content of a stream, with limits.
///
/// @param found how the stream is compressed, by its first bytes
/// @param content the content; closing it closes the stream
public record Decompression(Compression found, InputStream content) {
  private static final int BUFFER = 1 << 16;

  /// Decompresses `in`. The content throws [ImageException] with [ImageFault#TOO_LARGE] as soon as
  /// it exceeds a limit, and with [ImageFault#MALFORMED] if the stream is corrupt, truncated or
  /// followed by other bytes.
  public static Decompression of(InputStream in, DecompressionLimits limits) throws IOException {
    var counted = new CountedStream(in);
    var buffered = new BufferedInputStream(counted, BUFFER);
    var found = detect(buffered);
    var content =
        switch (found) {
          case NONE -> buffered;
          case GZIP -> new GzipStream(buffered);
          case ZSTD -> new ZstdStream(buffered);
        };
    return new Decompression(found, new LimitedStream(content, counted, limits));
  }

  /// Tells gzip and zstd by their magic numbers; a frame of zstd that is skipped counts, too.
  private static Compression detect(BufferedInputStream in) throws IOException {
    in.mark(4);
    var magic = in.readNBytes(4);
    in.reset();
    if (magic.length >= 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
      return Compression.GZIP;
    }
    if (magic.length < 4 || (magic[2] & 0xff) != (magic[3] == 0x18 ? 0x2a : 0x2f)) {
      return Compression.NONE;
    }
    var zstd = (magic[0] & 0xff) == 0x28 && (magic[1] & 0xff) == 0xb5 && (magic[3] & 0xff) == 0xfd;
    var skipped = (magic[0] & 0xf0) == 0x50 && magic[1] == 0x4d && magic[3] == 0x18;
    return zstd || skipped ? Compression.ZSTD : Compression.NONE;
  }

  /// Counts what was read.
  private static final class CountedStream extends FilterInputStream {
    private long count;

    CountedStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      var one = in.read();
      count += one < 0 ? 0 : 1;
      return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      var n = in.read(buffer, offset, length);
      count += Math.max(n, 0);
      return n;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }

  /// Ends a stream that gives too much.
  private static final class LimitedStream extends InputStream {
    private final InputStream in;
    private final CountedStream compressed;
    private final DecompressionLimits limits;
    private long count;

    LimitedStream(InputStream in, CountedStream compressed, DecompressionLimits limits) {
      this.in = in;
      this.compressed = compressed;
      this.limits = limits;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      var n = in.read(buffer, offset, length);
      count += Math.max(n, 0);
      if (count > limits.bytes()) {
        throw new ImageException(
            ImageFault.TOO_LARGE,
            "the content has more than %d bytes, which is the limit".formatted(limits.bytes()));
      }
      if (count > limits.free() && count / limits.ratio() > compressed.count) {
        throw new ImageException(
            ImageFault.TOO_LARGE,
            "the content is more than %d times as large as it is compressed, which is the limit beyond %d bytes"
                .formatted(limits.ratio(), limits.free()));
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
