package dev.testudo.trust.measure;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;

/// What is known of the content of a file after it was read once.
///
/// @param size the number of bytes
/// @param sha256 the hash, 64 lower-case hexadecimal digits
/// @param firstLine the first [Interpreter#HEAD] bytes, in Latin-1, if they begin with `#!`;
///     otherwise empty
public record HashedContent(long size, String sha256, String firstLine) {
  private static final int CHUNK = 64 << 10;
  private static final String SCRIPT = "#!";

  /// Reads a stream to its end.
  static HashedContent of(InputStream in) throws IOException {
    var digest = Measurement.sha256();
    var chunk = new byte[CHUNK];
    var first = "";
    var size = 0L;
    for (var n = in.readNBytes(chunk, 0, CHUNK); n > 0; n = in.readNBytes(chunk, 0, CHUNK)) {
      if (size == 0) {
        first = new String(chunk, 0, Math.min(n, Interpreter.HEAD), ISO_8859_1);
      }
      digest.update(chunk, 0, n);
      size += n;
    }
    return new HashedContent(
        size, HexFormat.of().formatHex(digest.digest()), first.startsWith(SCRIPT) ? first : "");
  }

  /// Returns the programs that run the file, as [Interpreter#of] does.
  public List<String> interpreters() {
    return Interpreter.of(firstLine.getBytes(ISO_8859_1));
  }
}
