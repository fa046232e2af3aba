package dev.testudo.trust.audit;

import dev.testudo.trust.json.MessageException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Reads an audit log's file line by line, never holding more than one line, whatever it contains.
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

  /// The next whole line without its line feed; empty at the end, also before an unfinished line.
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
            "%s:%d: the line is longer than %d bytes, which no line of an audit log is"
                .formatted(file, number + 1, AuditLine.LIMIT));
      }
      line.write(b);
    }
    return Optional.empty();
  }

  /// Bytes after the last whole line, known once [#next()] has come to the end.
  public int unfinished() {
    return line.size();
  }

  /// The number of the line that [#next()] returned, from 1.
  public long number() {
    return number;
  }

  /// Bytes of all lines that [#next()] returned, with their line feeds.
  public long whole() {
    return whole;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
