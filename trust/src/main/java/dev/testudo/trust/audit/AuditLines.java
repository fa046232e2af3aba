package dev.testudo.trust.audit;

import dev.testudo.trust.json.MessageException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Reads the file of an audit log line by line. Never holds more than one line in memory,
/// whatever the file contains.
public final class AuditLines implements AutoCloseable {
  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Path file;
  private long number;
  private long whole;

  private AuditLines(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /// Opens `file`.
  public static AuditLines open(Path file) throws IOException {
    return new AuditLines(file, new BufferedInputStream(Files.newInputStream(file), 1 << 16));
  }

  /// Returns the next complete line without its line feed. Returns empty at the end of the file,
  /// even if an incomplete line is left.
  ///
  /// @throws MessageException if the line is longer than [AuditLine#LIMIT]
  public Optional<byte[]> next() throws IOException {
    line.reset();
    for (var b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        number++;
        whole += line.size() + 1L;
        return Optional.of(line.toByteArray());
      }
      if (line.size() == AuditLine.LIMIT) {
        throw new MessageException(
            "%s:%d: the line is longer than %d bytes, the limit of an audit log"
                .formatted(file, number + 1, AuditLine.LIMIT));
      }
      line.write(b);
    }
    return Optional.empty();
  }

  /// Returns the number of bytes after the last complete line, once [#next()] has reached the end.
  public int unfinished() {
    return line.size();
  }

  /// Returns the number of the line that [#next()] returned last, from 1.
  public long number() {
    return number;
  }

  /// Returns the number of bytes of all lines that [#next()] has returned, including line feeds.
  public long whole() {
    return whole;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
