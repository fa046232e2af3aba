package dev.testudo.cas.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AuditExportTest {
  @TempDir private Path state;

  private void add(String... lines) throws IOException {
    Files.writeString(
        state.resolve("audit.jsonl"),
        String.join("\n", lines) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static List<String> all(FollowedLog log) throws IOException {
    var lines = new ArrayList<String>();
    for (var line = log.next(); line.isPresent(); line = log.next()) {
      lines.add(new String(line.get(), UTF_8));
    }
    return lines;
  }

  @Test
  void whatIsAddedIsReadOnceAlsoWhenTheFileIsReplaced() throws IOException {
    add("old");
    try (var log = FollowedLog.fromEnd(state.resolve("audit.jsonl"))) {
      assertEquals(List.of(), all(log));
      add("one", "two");
      assertEquals(List.of("one", "two"), all(log));
      Files.writeString(state.resolve("audit.jsonl"), "unfin", StandardOpenOption.APPEND);
      assertEquals(List.of(), all(log));
      add("ished", "last");
      Files.move(state.resolve("audit.jsonl"), state.resolve("audit.1.jsonl"));
      add("new");
      assertEquals(List.of("unfinished", "last", "new"), all(log));
    }
  }

  @Test
  void aLogThatDoesNotExistYetIsReadFromItsBeginning() throws IOException {
    try (var log = FollowedLog.fromEnd(state.resolve("audit.jsonl"))) {
      assertEquals(List.of(), all(log));
      add("one");
      assertEquals(List.of("one"), all(log));
    }
  }

  @Test
  void theLastPartOfALogBeginsWithAWholeLine() throws IOException {
    add("one", "two", "three");
    for (var bytes : List.of(7L, 9L)) {
      try (var log = FollowedLog.fromLast(state.resolve("audit.jsonl"), bytes)) {
        assertEquals(List.of("three"), all(log));
      }
    }
    try (var log = FollowedLog.fromLast(state.resolve("audit.jsonl"), 1000)) {
      assertEquals(List.of("one", "two", "three"), all(log));
      add("four");
      assertEquals(List.of("four"), all(log));
    }
  }

  /// Reads one message of RFC 6587 with octet counting.
  private static String frame(InputStream in) throws IOException {
    var count = new StringBuilder();
    for (var one = in.read(); one != ' '; one = in.read()) {
      assertTrue(one >= '0' && one <= '9', "no count");
      count.append((char) one);
    }
    return new String(in.readNBytes(Integer.parseInt(count.toString())), UTF_8);
  }

  @Test
  void syslogGetsEachLineAndWhatItMissedWhileItWasGone() throws IOException {
    var loopback = InetAddress.getLoopbackAddress();
    int port;
    try (var server = new ServerSocket(0, 1, loopback)) {
      port = server.getLocalPort();
    }
    var sink = AuditSink.parse("syslog:%s:%d".formatted(loopback.getHostAddress(), port));
    assertTrue(sink.isPresent());
    try (var export = AuditExport.of(state, sink)) {
      export.start();
      add("{\"sequence\":1}", "{\"sequence\":2}");
      try (var server = new ServerSocket(port, 1, loopback);
          var client = server.accept()) {
        var in = client.getInputStream();
        var header = "<110>1 - - testudo-cas %d audit - ".formatted(ProcessHandle.current().pid());
        assertEquals(header + "{\"sequence\":1}", frame(in));
        assertEquals(header + "{\"sequence\":2}", frame(in));
        add("{\"sequence\":3}");
        assertEquals(header + "{\"sequence\":3}", frame(in));
      }
    }
  }

  @Test
  void noLineIsLostIfTheServerClosesAConnectionThatIsIdle() throws IOException {
    var header = "<110>1 - - testudo-cas %d audit - ".formatted(ProcessHandle.current().pid());
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var export =
            AuditExport.of(state, AuditSink.parse("syslog:127.0.0.1:" + server.getLocalPort()))) {
      export.start();
      for (var line : List.of("one", "two", "three")) {
        add(line);
        try (var client = server.accept()) {
          assertEquals(header + line, frame(client.getInputStream()));
        }
      }
    }
  }

  @Test
  void aSinkThatDoesNotReadDoesNotKeepCasFromEnding() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var address = "syslog:127.0.0.1:" + server.getLocalPort();
      var line = "x".repeat(200_000);
      try (var export = AuditExport.of(state, AuditSink.parse(address))) {
        export.start();
        for (var i = 0; i < 100; i++) {
          add(line);
        }
      }
    }
  }

  @Test
  void onlyKnownSinksAreAccepted() {
    for (var wrong : List.of("", "file:/x", "syslog:", "syslog:host", "syslog:host:70000")) {
      assertEquals(Optional.empty(), AuditSink.parse(wrong), wrong);
    }
  }
}
