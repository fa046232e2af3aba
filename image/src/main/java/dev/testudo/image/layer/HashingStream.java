package dev.testudo.image.layer;

import dev.testudo.image.oci.Digest.Algorithm;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/// Hashes what is read. In contrast to `DigestInputStream`, what is skipped is hashed, too.
final class HashingStream extends InputStream {
  private final InputStream in;
  private final MessageDigest hash = Algorithm.SHA256.start();

  HashingStream(InputStream in) {
    this.in = in;
  }

  MessageDigest hash() {
    return hash;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    var n = in.read(buffer, offset, length);
    if (n > 0) {
      hash.update(buffer, offset, n);
    }
    return n;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
