package dev.testudo.shield;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/// Echoes what it receives, and counts connections.
final class EchoServer implements AutoCloseable {
  private final ServerSocket listener;
  private final AtomicInteger connections = new AtomicInteger();

  EchoServer() throws IOException {
    this(InetAddress.ofLiteral("127.0.0.1"));
  }

  EchoServer(InetAddress address) throws IOException {
    listener = new ServerSocket(0, 50, address);
    Thread.ofPlatform().daemon().start(this::serve);
  }

  int port() {
    return listener.getLocalPort();
  }

  /// Returns how many connections have arrived, including those in the queue.
  int connections() {
    return connections.get();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try {
        var socket = listener.accept();
        connections.incrementAndGet();
        Thread.ofVirtual()
            .start(
                () -> {
                  try (socket) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                  } catch (IOException e) {
                    // The client has gone.
                  }
                });
      } catch (IOException e) {
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
