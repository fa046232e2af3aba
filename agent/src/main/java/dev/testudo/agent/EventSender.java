package dev.testudo.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.channel.AgentEvents;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Sends events to whoever started the agent, one JSON line each. A reader that is slow or gone
/// never holds up the program: events that find the queue full are counted and dropped.
final class EventSender implements AutoCloseable {
  private static final int QUEUE = 4096;
  private static final Duration FLUSH = Duration.ofSeconds(2);

  private final SocketChannel socket;
  private final Consumer<String> complaints;

  /// An empty entry ends the sending.
  private final BlockingQueue<Optional<AgentEvents.Line>> queue = new ArrayBlockingQueue<>(QUEUE);

  private final AtomicLong dropped = new AtomicLong();
  private final Thread sender;

  private EventSender(SocketChannel socket, Consumer<String> complaints) {
    this.socket = socket;
    this.complaints = complaints;
    this.sender = Thread.ofPlatform().daemon().name("events").start(this::send);
  }

  /// Connects to the socket at `path`. `complaints` takes a line when events get lost.
  static EventSender connect(Path path, Consumer<String> complaints) throws IOException {
    var socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.connect(UnixDomainSocketAddress.of(path));
      return new EventSender(socket, complaints);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /// Takes an event to send. Never blocks.
  ///
  /// @return false when nobody reads any more; the event is then the caller's to show
  boolean offer(AgentEvents.Line event) {
    if (!sender.isAlive()) {
      return false;
    }
    if (!queue.offer(Optional.of(event))) {
      dropped.incrementAndGet();
    }
    return true;
  }

  private void send() {
    try {
      for (var next = queue.take(); next.isPresent(); next = queue.take()) {
        var bytes = ByteBuffer.wrap((AgentEvents.write(next.get()) + "\n").getBytes(UTF_8));
        while (bytes.hasRemaining()) {
          socket.write(bytes);
        }
        var lost = dropped.getAndSet(0);
        if (lost > 0) {
          complaints.accept(lost + " events were dropped: their reader is too slow");
        }
      }
    } catch (IOException e) {
      complaints.accept(
          "events are shown here from now on, their reader is gone: " + e.getMessage());
    } catch (InterruptedException _) {
      // nobody interrupts this thread but the JVM's end
    }
  }

  /// Sends what is queued, for two seconds at most.
  @Override
  public void close() throws IOException {
    try {
      if (queue.offer(Optional.empty())) {
        sender.join(FLUSH);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      socket.close();
    }
  }
}
