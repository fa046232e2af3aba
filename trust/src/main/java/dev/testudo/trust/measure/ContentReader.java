package dev.testudo.trust.measure;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Reads files to their ends, one after the other, and hashes them. It keeps its buffer, because an
/// image has thousands of small files.
final class ContentReader {
  private static final int CHUNK = 64 << 10;

  private final MessageDigest digest = Measurement.sha256();
  private final byte[] chunk = new byte[CHUNK];
  private final ByteBuffer buffer = ByteBuffer.wrap(chunk);

  /// Reads a file.
  ///
  /// @throws IOException if it cannot be read to its end
  HashedContent read(Path file, OpenOption... options) throws IOException {
    digest.reset();
    var first = "";
    var size = 0L;
    try (var channel = Files.newByteChannel(file, options)) {
      for (var n = channel.read(buffer.clear()); n >= 0; n = channel.read(buffer.clear())) {
        if (size == 0) {
          first = firstLine(n);
        }
        digest.update(chunk, 0, n);
        size += n;
      }
    }
    return new HashedContent(size, HexFormat.of().formatHex(digest.digest()), first);
  }

  /// Returns the beginning of a script.
  private String firstLine(int length) {
    return length >= 2 && chunk[0] == '#' && chunk[1] == '!'
        ? new String(chunk, 0, Math.min(length, Interpreter.HEAD), ISO_8859_1)
        : "";
  }
}
