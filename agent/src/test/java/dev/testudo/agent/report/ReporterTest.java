package dev.testudo.agent.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.shield.ShieldEvent;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AgentEvents;
import dev.testudo.trust.status.Direction;
import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReporterTest {
  private static final SocketAddress PEER = new SocketAddress.UnixPath("/run/a");

  private static String told(Detail detail, List<ShieldEvent> events) {
    var out = new ByteArrayOutputStream();
    var err = new PrintStream(out, true, UTF_8);
    var clock = InstantSource.fixed(Instant.EPOCH);
    try (var reporter = new Reporter("testudo shield run: ", err, detail, clock)) {
      events.forEach(reporter::on);
    }
    return out.toString(UTF_8);
  }

  private static SecuredConnection connection(long id, Optional<String> name) {
    return new SecuredConnection(id, Direction.INBOUND, "SERVER_1", PEER.toString(), name);
  }

  private static List<ShieldEvent> oneOfEach() {
    return List.of(
        new ShieldEvent.Passed("connect", PEER, ""),
        new ShieldEvent.Opened(connection(7, Optional.of("web"))),
        new ShieldEvent.Closed(
            connection(7, Optional.of("web")),
            new Traffic(14, 7),
            Duration.ofMillis(12),
            "closed by the peer"));
  }

  @Test
  void connectionsAreToldOnlyIfAskedFor() {
    assertEquals("", told(Detail.NO_CONNECTIONS, oneOfEach()));
    var passed = "testudo shield run: passed connect unix:/run/a (default mode)\n";
    var carried =
        """
        testudo shield run: connection 7 begins: from unix:/run/a (rule SERVER_1), peer web
        testudo shield run: connection 7 ends: from unix:/run/a (rule SERVER_1), 14 bytes came in, \
        7 went out in 12 ms: closed by the peer
        """;
    assertEquals(carried, told(Detail.PROTECTED_CONNECTIONS, oneOfEach()));
    assertEquals(passed + carried, told(Detail.ALL_CONNECTIONS, oneOfEach()));
  }

  @Test
  void aPeerThatShowsNoCertificateIsToldAsOne() {
    var opened = new ShieldEvent.Opened(connection(1, Optional.empty()));
    assertEquals(
        "testudo shield run: connection 1 begins: from unix:/run/a (rule SERVER_1),"
            + " peer shows no certificate\n",
        told(Detail.ALL_CONNECTIONS, List.of(opened)));
  }

  @Test
  void nobodyForgesALineByANameOrAPath() {
    var path = "unix:/tmp/x\ntestudo shield run: \u001b[31mforged\u0085\u202e";
    assertEquals(
        "testudo shield run: refused connect unix:/tmp/x\\x0atestudo shield run:"
            + " \\x1b[31mforged\\xc2\\x85\\u202e (default mode): no rule\n",
        told(
            Detail.NO_CONNECTIONS,
            List.of(new ShieldEvent.Refused("connect", path, "", "no rule"))));
  }

  @Test
  void aFullQueueIsWrittenBeforeTheEnd() {
    var main = Thread.currentThread();
    var written = new ByteArrayOutputStream();
    var slow =
        new FilterOutputStream(written) {
          // Accepts nothing until the test waits in `close`.
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            while (main.getState() != Thread.State.TIMED_WAITING && written.size() == 0) {
              Thread.onSpinWait();
            }
            written.write(bytes, offset, length);
          }
        };
    var clock = InstantSource.fixed(Instant.EPOCH);
    var err = new PrintStream(slow, true, UTF_8);
    try (var reporter = new Reporter("", err, Detail.NO_CONNECTIONS, clock)) {
      for (var i = 0; i < 2000; i++) {
        reporter.say(Integer.toString(i));
      }
    }
    var lines = written.toString(UTF_8).lines().toList();
    assertEquals("0", lines.getFirst());
    var dropped = lines.stream().filter(line -> line.contains(" lines were dropped")).toList();
    assertEquals(
        List.of(2000 - (lines.size() - 1) + " lines were dropped: their reader is too slow"),
        dropped);
  }

  @Test
  void eventsGoToTheirReaderAndWhatIsForAPersonDoesNot(@TempDir Path folder) throws Exception {
    var path = folder.resolve("events");
    var out = new ByteArrayOutputStream();
    var err = new PrintStream(out, true, UTF_8);
    var clock = InstantSource.fixed(Instant.EPOCH);
    var refused = new ShieldEvent.Refused("connect", "10.0.0.1:80", "", "no rule");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      var lines = new Reporter("agent: ", err, Detail.NO_CONNECTIONS, clock);
      try (var reporter = lines.sendingTo(path, "a/b")) {
        reporter.on(refused);
        reporter.say("not hardware attested");
      }
      var sent = new String(Channels.newInputStream(server.accept()).readAllBytes(), UTF_8);
      assertEquals(
          new AgentEvents.Line(
              Instant.EPOCH,
              "a/b",
              new AgentEvent.Refused("connect", "10.0.0.1:80", "", "no rule")),
          AgentEvents.parse(sent.strip()));
    }
    assertEquals("agent: not hardware attested\n", out.toString(UTF_8));
  }
}
