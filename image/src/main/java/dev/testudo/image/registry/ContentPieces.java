package dev.testudo.image.registry;

import dev.testudo.image.oci.BlobContent;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads the content of a blob in pieces, from one stream as long as each piece begins where the
/// one before ended. Only otherwise it opens a new stream, because to skip a beginning may cost as
/// much as to read it. One thread opens pieces; another one may read them.
final class ContentPieces implements Closeable {
  private final BlobContent content;
  private volatile @Nullable Piece last;

  ContentPieces(BlobContent content) {
    this.content = content;
  }

  /// Opens the piece of `length` bytes that begins at `from`. Closing it does not close the
  /// content.
  InputStream open(long from, long length) throws IOException {
    var before = last;
    InputStream in;
    if (before != null && before.isRead() && before.end == from) {
      in = before.in;
    } else {
      // The HTTP client may still read the piece of a request that has failed, from its own stream.
      close();
      in = opened(from);
    }
    var piece = new Piece(in, from + length, length);
    last = piece;
    return piece;
  }

  private InputStream opened(long from) throws IOException {
    var in = content.open();
    try {
      in.skipNBytes(from);
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /// Closes the stream. A read that waits for it does not hold this up.
  @Override
  public void close() throws IOException {
    var open = last;
    last = null;
    if (open != null) {
      open.in.close();
    }
  }

  private static final class Piece extends InputStream {
    private final InputStream in;
    private final long end;
    private volatile long left;

    Piece(InputStream in, long end, long length) {
      this.in = in;
      this.end = end;
      this.left = length;
    }

    /// Returns true if nobody will read from the stream for this piece any more.
    boolean isRead() {
      return left == 0;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      var rest = left;
      if (rest == 0) {
        return -1;
      }
      var count = in.read(bytes, offset, (int) Math.min(length, rest));
      left = rest - Math.max(count, 0);
      return count;
    }
  }
}
