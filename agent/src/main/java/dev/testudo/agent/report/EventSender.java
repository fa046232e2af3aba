package dev.testudo.agent.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.channel.AgentEvent;
import dev.testudo.trust.channel.AgentEvents;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;

/// Sends the events of one service to the process that started the agent, one line of JSON each.
final class EventSender implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventSender.class.getName());

  private static final int CAPACITY = 4096;

  private final SocketChannel socket;
  private final String service;
  private final InstantSource clock;
  private final Consumer<String> complaints;
  private final BoundedWriter<AgentEvents.Line> writer;

  private EventSender(
      SocketChannel socket, String service, InstantSource clock, Consumer<String> complaints) {
    this.socket = socket;
    this.service = service;
    this.clock = clock;
    this.complaints = complaints;
    this.writer = new BoundedWriter<>("events", CAPACITY, new Destination());
  }

  /// Connects to the socket at `path`.
  ///
  /// @param complaints receives a line when events are lost
  static EventSender connect(
      Path path, String service, InstantSource clock, Consumer<String> complaints)
      throws IOException {
    var socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.connect(UnixDomainSocketAddress.of(path));
      return new EventSender(socket, service, clock, complaints);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private final class Destination implements BoundedWriter.Destination<AgentEvents.Line> {
    @Override
    public void write(AgentEvents.Line event) throws IOException {
      var bytes = ByteBuffer.wrap((AgentEvents.write(event) + "\n").getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        socket.write(bytes);
      }
    }

    @Override
    public void dropped(long entries) {
      complaints.accept(entries + " events were dropped: their reader is too slow");
    }

    @Override
    public void failed(IOException failure) {
      complaints.accept(
          "events are shown here from now on, because their reader disconnected: "
              + failure.getMessage());
    }
  }

  /// Queues an event. Never blocks.
  ///
  /// @return false if there is no reader any more; the caller must then show the event
  boolean offer(AgentEvent event) {
    return writer.offer(new AgentEvents.Line(clock.instant(), service, event));
  }

  @Override
  public void close() {
    writer.close();
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing the event socket: {0}", e.getMessage());
    }
  }
}
