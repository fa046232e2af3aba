package dev.testudo.image.compression;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/// Compresses with gzip (RFC 1952): no name, no time, a fixed level. The same content gives the
/// same bytes with the same version of zlib. Not thread-safe.
public final class GzipOutput extends DeflaterOutputStream {
  private static final int LEVEL = 6;
  private static final int BUFFER = 1 << 16;

  private final CRC32 crc = new CRC32();
  private boolean finished;

  /// Writes to `out`, which it closes.
  public GzipOutput(OutputStream out) throws IOException {
    super(out, new Deflater(LEVEL, true), BUFFER);
    // The time is 0, and the operating system 255: unknown.
    out.write(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 255});
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    super.write(bytes, offset, length);
    crc.update(bytes, offset, length);
  }

  @Override
  public void finish() throws IOException {
    if (!finished) {
      finished = true;
      super.finish();
      var trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      trailer.putInt((int) crc.getValue()).putInt((int) def.getBytesRead());
      out.write(trailer.array());
    }
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      def.end();
    }
  }
}
