package dev.testudo.image.oci;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/// The content of a blob, checked while it is read. Whoever has read up to the end has read exactly
/// what the descriptor names. Not thread-safe.
public final class VerifiedStream extends InputStream {
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final Descriptor expected;
  private final String place;
  private final MessageDigest hash;
  private long count;
  private boolean ended;
  private LongConsumer listener = _ -> {};

  /// Checks `in`, which it closes.
  ///
  /// @param place where the blob comes from, for messages
  public VerifiedStream(InputStream in, Descriptor expected, String place) {
    this.in = in;
    this.expected = expected;
    this.place = place;
    this.hash = expected.digest().algorithm().start();
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (ended || length == 0) {
      return ended ? -1 : 0;
    }
    var n = in.read(buffer, offset, length);
    if (n < 0) {
      end();
      return -1;
    }
    count += n;
    if (count > expected.size()) {
      throw wrong("has more than its %d bytes".formatted(expected.size()));
    }
    hash.update(buffer, offset, n);
    listener.accept(count);
    return n;
  }

  /// Tells `listener` from now on how many bytes have been read, after each read.
  ///
  /// @return this stream
  public VerifiedStream watched(LongConsumer listener) {
    this.listener = listener;
    return this;
  }

  /// Reads the rest, so that the whole content is verified.
  ///
  /// @throws ImageException if the content differs
  public void finish() throws IOException {
    var buffer = new byte[BUFFER];
    while (read(buffer, 0, buffer.length) >= 0) {
      // The read verifies.
    }
  }

  private void end() throws ImageException {
    if (count < expected.size()) {
      throw wrong("ends after %d of its %d bytes".formatted(count, expected.size()));
    }
    var digest = Digest.finish(expected.digest().algorithm(), hash);
    if (!digest.equals(expected.digest())) {
      throw wrong("has the digest %s".formatted(digest));
    }
    ended = true;
  }

  private ImageException wrong(String why) {
    return new ImageException(
        ImageFault.WRONG_CONTENT, "%s: the blob %s %s".formatted(place, expected.digest(), why));
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
