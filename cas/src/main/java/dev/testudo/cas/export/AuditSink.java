package dev.testudo.cas.export;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where lines of the audit log go, one by one.
public sealed interface AuditSink {
  /// Parses `stdout` or `syslog:HOST:PORT`.
  static Optional<AuditSink> parse(String text) {
    if (text.equals("stdout")) {
      return Optional.of(new Stdout());
    }
    var syslog =
        Pattern.compile("syslog:([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):([0-9]{1,5})").matcher(text);
    return syslog.matches() && Integer.parseInt(syslog.group(2)) <= 65_535
        ? Optional.of(new Syslog(syslog.group(1), Integer.parseInt(syslog.group(2))))
        : Optional.empty();
  }

  /// Opens the sink.
  Open open() throws IOException;

  /// An open sink.
  interface Open extends Closeable {
    /// Writes one line, given without its line feed.
    void write(byte[] line) throws IOException;
  }

  /// Standard output, a line of JSON for each line of the log.
  record Stdout() implements AuditSink {
    @Override
    public Open open() {
      var out = new FileOutputStream(FileDescriptor.out);
      return new Open() {
        @Override
        public void write(byte[] line) throws IOException {
          var ended = Arrays.copyOf(line, line.length + 1);
          ended[line.length] = '\n';
          out.write(ended);
        }

        @Override
        public void close() {
          // The process keeps its standard output.
        }
      };
    }
  }

  /// A syslog server.
  record Syslog(String host, int port) implements AuditSink {
    @Override
    public Open open() throws IOException {
      return SyslogConnection.open(host, port);
    }
  }
}
