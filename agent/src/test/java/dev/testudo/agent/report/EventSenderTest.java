package dev.testudo.agent.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.agent.Eventually;
import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AgentEvents;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class EventSenderTest {
  @TempDir private Path folder;
  private final LinkedBlockingQueue<String> complaints = new LinkedBlockingQueue<>();

  private Path path() {
    return folder.resolve("events");
  }

  private ServerSocketChannel listen() throws IOException {
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path()));
    return server;
  }

  private EventSender connect() throws IOException {
    var clock = InstantSource.fixed(Instant.EPOCH);
    return EventSender.connect(path(), "a/b", clock, complaints::add);
  }

  private static AgentEvents.Line exited(int code) {
    return new AgentEvents.Line(Instant.EPOCH, "a/b", new AgentEvent.Exited(code));
  }

  @Test
  void sendsEachEventAsALineAndFlushesAtTheEnd() throws IOException {
    try (var server = listen()) {
      try (var socket = connect()) {
        socket.offer(new AgentEvent.Exited(1));
        socket.offer(new AgentEvent.Exited(2));
      }
      try (var peer = server.accept();
          var reader =
              new BufferedReader(
                  new InputStreamReader(Channels.newInputStream(peer), StandardCharsets.UTF_8))) {
        var events = reader.lines().toList();
        assertEquals(2, events.size());
        assertEquals(exited(1), AgentEvents.parse(events.getFirst()));
        assertEquals(exited(2), AgentEvents.parse(events.getLast()));
      }
    }
    assertEquals(List.of(), List.copyOf(complaints));
  }

  @Test
  void aReaderWhoDoesNotReadHoldsNothingUp() throws IOException {
    try (var server = listen();
        var socket = connect()) {
      // More than the socket's buffer and the queue hold; the test's time limit is the assertion.
      for (var i = 0; i < 100_000; i++) {
        socket.offer(new AgentEvent.Exited(i % 256));
      }
      assertTrue(server.isOpen());
    }
  }

  @Test
  void aReaderWhoLeavesIsMentionedOnceAndGetsNoMore() throws Exception {
    try (var server = listen();
        var socket = connect()) {
      server.accept().close();
      Eventually.holds(() -> !socket.offer(new AgentEvent.Exited(0)), () -> "it still gets events");
      var said = complaints.poll(60, TimeUnit.SECONDS);
      assertEquals(
          "events are shown here from now on, because their reader disconnected",
          String.valueOf(said).split(": ", 2)[0]);
      assertFalse(socket.offer(new AgentEvent.Exited(1)));
    }
    assertEquals(0, complaints.size());
  }

  @Test
  void aSocketThatIsNotThereIsAnError() {
    assertThrows(IOException.class, this::connect);
  }
}
