package dev.testudo.image.build.command;

import java.io.IOException;
import java.io.InputStream;

/// The next bytes of a stream.
final class PartStream extends InputStream {
  private final InputStream in;
  private long left;

  PartStream(InputStream in, long size) {
    this.in = in;
    this.left = size;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    var n = in.read(buffer, offset, (int) Math.min(length, left));
    left -= Math.max(n, 0);
    return n;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
