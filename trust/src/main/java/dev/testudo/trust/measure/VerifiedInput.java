package dev.testudo.trust.measure;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Reads a file that was measured before, and fails at the end of the stream if its content is not
/// that which was measured.
final class VerifiedInput extends FilterInputStream {
  private final MessageDigest digest = Measurement.sha256();
  private final String expected;
  private final Path file;
  private boolean verified;

  /// @param expected the SHA-256 hash that was measured, 64 lower-case hexadecimal digits
  VerifiedInput(InputStream in, String expected, Path file) {
    super(in);
    this.expected = expected;
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    var n = super.read(bytes, offset, length);
    if (n > 0) {
      digest.update(bytes, offset, n);
    } else if (n < 0 && !verified) {
      verify();
    }
    return n;
  }

  private void verify() throws IOException {
    if (!HexFormat.of().formatHex(digest.digest()).equals(expected)) {
      throw new IOException("%s has changed since it was measured".formatted(file));
    }
    verified = true;
  }

  /// Not possible, because every byte must be read.
  @Override
  public long skip(long n) throws IOException {
    throw new IOException("a file that is verified is read from its first byte to its last");
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
