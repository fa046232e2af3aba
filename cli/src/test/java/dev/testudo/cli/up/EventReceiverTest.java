package dev.testudo.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AgentEvents;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class EventReceiverTest {
  private static final String SERVICE = "ns/api/python3";

  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  @TempDir Path work;
  private Path path;
  private EventReceiver socket;

  @BeforeEach
  void listen() throws IOException {
    path = work.resolve("0.sock");
    socket =
        EventReceiver.listen(
            path,
            SERVICE,
            new EventReceiver.Reports() {
              @Override
              public void report(AgentEvents.Line line) {
                seen.add(line.event().toString());
              }

              @Override
              public void garbled(String why) {
                seen.add("garbled: " + why);
              }
            });
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(path));
  }

  private static void send(SocketChannel agent, String text) throws IOException {
    agent.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  private static String line(String service) {
    return AgentEvents.write(new AgentEvents.Line(Instant.EPOCH, service, new AgentEvent.Exited(7)))
        + "\n";
  }

  private String next() throws InterruptedException {
    return String.valueOf(seen.poll(60, TimeUnit.SECONDS));
  }

  @Test
  void reportsArriveOneByOneHoweverTheyAreCut() throws Exception {
    try (var agent = connect()) {
      var text = line(SERVICE) + line(SERVICE);
      send(agent, text.substring(0, 20));
      send(agent, text.substring(20));
      assertEquals("Exited[code=7]", next());
      assertEquals("Exited[code=7]", next());
    }
    socket.done().get(60, TimeUnit.SECONDS);
    assertTrue(seen.isEmpty());
  }

  @Test
  void nobodyCanConnectAfterTheAgentDid() throws Exception {
    try (var agent = connect()) {
      send(agent, line(SERVICE));
      next();
      assertTrue(socket.connected().isDone());
      assertFalse(Files.exists(path));
      assertThrows(IOException.class, this::connect);
    }
  }

  @Test
  void anAgentCannotReportForAnotherService() throws Exception {
    try (var agent = connect()) {
      send(agent, line("ns/redis/redis-server") + line(SERVICE));
      assertEquals("garbled: a report for another service", next());
      socket.done().get(60, TimeUnit.SECONDS);
      assertTrue(seen.isEmpty());
    }
  }

  @Test
  void aLineWithoutEndIsNotKeptInMemory() throws Exception {
    try (var agent = connect()) {
      try {
        for (var i = 0; i < 20; i++) {
          send(agent, "x".repeat(10_000));
        }
      } catch (IOException e) {
        // The receiver closed the connection, as it should.
      }
      assertEquals("garbled: a report of more than 65536 bytes", next());
    }
  }

  @Test
  void closingEndsTheWaitForAnAgentThatNeverCame() throws Exception {
    assertFalse(socket.connected().isDone());
    socket.close();
    socket.connected().get(60, TimeUnit.SECONDS);
    socket.done().get(60, TimeUnit.SECONDS);
    assertFalse(Files.exists(path));
  }
}
