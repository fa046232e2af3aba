package dev.testudo.trust.audit;

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

  /// A line is longer than any line of an audit log. The message names file and line.
  public static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1;
    private final long number;

    private TooLongException(Path file, long number) {
      super(
          "%s:%d: the line is longer than %d bytes, which no line of an audit log is"
              .formatted(file, number, AuditLine.LIMIT));
      this.number = number;
    }

    /// The number of the line, from 1.
    public long number() {
      return number;
    }
  }

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
  /// @throws TooLongException if the line is longer than [AuditLine#LIMIT]
  public Optional<byte[]> next() throws IOException {
    line.reset();
    for (var b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        number++;
        whole += line.size() + 1L;
        return Optional.of(line.toByteArray());
      }
      if (line.size() == AuditLine.LIMIT) {
        throw new TooLongException(file, number + 1);
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
