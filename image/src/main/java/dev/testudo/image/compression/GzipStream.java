package dev.testudo.image.compression;

import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Decompresses gzip (RFC 1952): one member after another up to the end of the stream. In contrast
/// to `GZIPInputStream`, it refuses bytes that follow the last member. Not thread-safe.
final class GzipStream extends InputStream {
  private static final int MAX_NAME = 1 << 16;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean inMember;
  private boolean ended;
  private boolean empty = true;

  GzipStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      if (!inMember) {
        startMember();
        continue;
      }
      var n = inflate(target, offset, length);
      if (n > 0) {
        crc.update(target, offset, n);
        return n;
      }
      if (inflater.finished()) {
        endMember();
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      if (inflater.needsInput()) {
        if (position == limit && !fill()) {
          throw malformed("is truncated");
        }
        inflater.setInput(buffer, position, limit - position);
      }
      var n = inflater.inflate(target, offset, length);
      if (inflater.needsDictionary()) {
        throw malformed("needs a dictionary");
      }
      position = limit - inflater.getRemaining();
      return n;
    } catch (DataFormatException e) {
      throw new ImageException(ImageFault.MALFORMED, "the gzip stream is corrupt", e);
    }
  }

  private void startMember() throws IOException {
    if (position == limit && !fill()) {
      if (empty) {
        throw malformed("is empty");
      }
      ended = true;
      return;
    }
    if (next() != 0x1f || next() != 0x8b || next() != 8) {
      throw malformed(empty ? "has no header" : "is followed by other bytes");
    }
    var flags = next();
    discard(6);
    if ((flags & 0xe0) != 0) {
      throw malformed("has unknown flags");
    }
    if ((flags & 4) != 0) {
      discard(next() | (next() << 8));
    }
    if ((flags & 8) != 0) {
      skipText();
    }
    if ((flags & 16) != 0) {
      skipText();
    }
    if ((flags & 2) != 0) {
      discard(2);
    }
    inflater.reset();
    crc.reset();
    inMember = true;
    empty = false;
  }

  private void endMember() throws IOException {
    var size = inflater.getBytesWritten() & 0xffff_ffffL;
    if (number() != crc.getValue() || number() != size) {
      throw malformed("has a wrong checksum");
    }
    inMember = false;
  }

  private long number() throws IOException {
    return next() | ((long) next() << 8) | ((long) next() << 16) | ((long) next() << 24);
  }

  private void discard(int count) throws IOException {
    for (var i = 0; i < count; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    for (var i = 0; next() != 0; i++) {
      if (i == MAX_NAME) {
        throw malformed("has a name of more than %d bytes".formatted(MAX_NAME));
      }
    }
  }

  private int next() throws IOException {
    if (position == limit && !fill()) {
      throw malformed("is truncated");
    }
    return buffer[position++] & 0xff;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(in.read(buffer, 0, buffer.length), 0);
    return limit > 0;
  }

  private static ImageException malformed(String what) {
    return new ImageException(ImageFault.MALFORMED, "the gzip stream " + what);
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
