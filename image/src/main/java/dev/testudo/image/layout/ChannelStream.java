package dev.testudo.image.layout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// A part of a file. It has a position of its own, so that several can read one channel at once.
final class ChannelStream extends InputStream {
  private final FileChannel channel;
  private final long end;
  private long position;

  ChannelStream(FileChannel channel, long start, long end) {
    this.channel = channel;
    this.position = start;
    this.end = end;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (position >= end) {
      return -1;
    }
    var n =
        channel.read(
            ByteBuffer.wrap(buffer, offset, (int) Math.min(length, end - position)), position);
    position += Math.max(n, 0);
    return n;
  }

  @Override
  public long skip(long count) {
    var skipped = Math.clamp(count, 0, end - position);
    position += skipped;
    return skipped;
  }
}
